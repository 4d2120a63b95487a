"""Where programs written for crawl4ai find skitter's objects.

In: a module of crawl4ai and a name in it. Out: skitter's own object, or an error that says what is not there yet. Read
``names.py`` first: it is the whole table. The small modules in ``modules/`` are written from it by
``tools/generate_compat.py``, and stand beside skitter's own, so that a program may also say ``skitter`` where it said
``crawl4ai``; the distribution `skitter-compat` installs the same modules as ``crawl4ai``.
"""
