"""From nodes to programs.

What to compute: `merge`, `fuse` and `pooling` rewrite nodes; `lower`, with `atoms`, `sums`, `spread`, `shifted`,
`forms`, `kinds` and `windows`, takes them apart; `layout` and `plan` say where values lie. How it is written down:
`numpy`.
"""
