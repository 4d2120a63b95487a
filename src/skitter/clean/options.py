"""What is asked of cleaning: which part of a page is kept."""

from pydantic import NonNegativeInt

from skitter.base.options import Options

SOCIAL_MEDIA_DOMAINS = (
    "facebook.com",
    "twitter.com",
    "x.com",
    "linkedin.com",
    "instagram.com",
    "pinterest.com",
    "tiktok.com",
    "snapchat.com",
    "reddit.com",
)
"""The registrable domains that `exclude_social_media_links` means."""


class CleanOptions(Options):
    """Which part of a page is kept."""

    css_selector: str | None = None
    """Keep only what matches, for everything that is read from the page; None keeps the whole page."""

    target_elements: tuple[str, ...] | None = None
    """Selectors of what alone makes up the cleaned HTML, Markdown and extraction; links and media are the page's."""

    excluded_tags: tuple[str, ...] | None = None
    """Names of elements that are removed with what they hold."""

    excluded_selector: str | None = None
    """CSS selector of elements that are removed with what they hold."""

    word_count_threshold: NonNegativeInt = 1
    """Smallest block of text that is kept, in words; tables, code and headings stay."""

    only_text: bool = False
    """Keep the text and its paragraphs, headings and lists; drop links, images and inline marks."""

    keep_data_attributes: bool = False
    """Keep `data-*` attributes in the cleaned HTML."""

    keep_attrs: tuple[str, ...] | None = None
    """Names of further attributes that stay in the cleaned HTML."""

    remove_forms: bool = False
    """Remove forms with what they hold."""

    prettiify: bool = False
    """Indent the cleaned HTML."""

    exclude_external_links: bool = False
    """Remove links to other registrable domains, from the page and from `result.links`; their text stays."""

    exclude_internal_links: bool = False
    """Remove links to the page's own registrable domain, from the page and from `result.links`; their text stays."""

    exclude_social_media_links: bool = False
    """Remove links to social media, from the page and from `result.links`; their text stays."""

    exclude_social_media_domains: tuple[str, ...] | None = None
    """Further domains that count as social media."""

    exclude_domains: tuple[str, ...] | None = None
    """Domains, with their subdomains, whose links and images are removed."""

    exclude_external_images: bool = False
    """Remove images of other registrable domains."""

    exclude_all_images: bool = False
    """Remove every image."""
