"""The command line: arguments in, a crawl, pages out; start with ``main.py``.

``command.py`` runs a crawl: ``inputs.py`` reads URLs, ``options.py`` configs, ``crawl.py`` carries pages from the
crawler through ``pages.py`` and ``order.py`` into ``output.py``; ``progress.py`` and ``logs.py`` say what goes on.
``doctor.py`` looks at the installation.
"""
