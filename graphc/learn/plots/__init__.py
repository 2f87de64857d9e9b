"""What a training looks like: curves, boundaries, confusions, filters and maps, in one house style."""
