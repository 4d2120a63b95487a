"""A parsed page in, the part of it that is kept out; the tree is edited in place. Read ``exclusions.py`` first.

The way of one page, in this order:

1. `check` says at once what is wrong with the options (call it where a config is used; it is cheap and cached);
2. `exclude` makes every URL absolute and removes from the tree what holds no content and what the options exclude;
3. links, media and tables are read from the tree (by others);
4. `content` picks the elements that make up the cleaned page;
5. `tidy` reduces them: attributes, empty elements, small blocks, inline marks;
6. `to_html` writes them.

A content filter then picks from the tidied elements what goes into `fit_markdown`.
"""

from skitter.clean.exclusions import check, exclude
from skitter.clean.selection import content
from skitter.clean.tidy import tidy, to_html

__all__ = ["check", "content", "exclude", "tidy", "to_html"]
