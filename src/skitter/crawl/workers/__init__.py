"""Tasks in, what a function makes of each in another process out; read ``pool.py`` first, then ``program.py``.

Nothing is handed on here: a worker process imports this package too, and needs none of what starts and feeds it.
"""
