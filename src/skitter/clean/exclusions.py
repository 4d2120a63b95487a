"""What is removed from a page: that which is no content, and what the options exclude."""

from skitter.clean.options import CleanOptions
from skitter.model.document import Document


def check(options: CleanOptions) -> None:
    """Raise where *options* can never work, such as a selector that is no CSS.

    Raises:
        ConfigError: With the option's name in its message.
    """
    raise NotImplementedError


def exclude(document: Document, options: CleanOptions) -> list[str]:
    """Remove from the tree what is no content and what *options* exclude; text beside it stays.

    Afterwards every URL in the tree is absolute, and the body holds what `css_selector` matches.

    Returns:
        Warnings.
    """
    raise NotImplementedError
