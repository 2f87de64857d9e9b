"""What Linux lets a process take away from itself. Standard library only: a worker imports this inside its sandbox."""
