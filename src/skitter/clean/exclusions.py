"""What is removed from a page: that which is no content, and what the options exclude.

Selecting by a bare tag name reads an index that the tree keeps until its structure changes; anything else walks the
whole tree. So what is removed from every page is collected first, by tag, and removed afterwards.
"""

from collections.abc import Iterable
from typing import Final

import turbohtml
from turbohtml import Element

from skitter.base.url import origin_host, parse, registrable_domain
from skitter.clean.addresses import make_absolute
from skitter.clean.formulas import formulas_to_elements
from skitter.clean.graphics import mermaid_to_code, svg_to_text
from skitter.clean.images import load_lazy_images
from skitter.clean.noscript import parse_noscript, resolve_noscript
from skitter.clean.options import SOCIAL_MEDIA_DOMAINS, CleanOptions
from skitter.clean.selectors import check, outermost, tag_selector
from skitter.model.document import Document

_NO_CONTENT: Final = ("script", "style")
_OLD_CODE: Final = ("xmp", "listing", "plaintext")
_IMAGES: Final = "img,picture,svg,input[type=image]"


def exclude(document: Document, options: CleanOptions) -> list[str]:
    """Remove from the tree what is no content and what *options* exclude; text beside it stays.

    Afterwards every URL in the tree is absolute, images that were to be loaded later have their `src`, and the body
    holds what `css_selector` matches. The head stays, apart from its scripts and styles: read what you need of them
    before.

    Returns:
        Warnings.

    Raises:
        ConfigError: If an option can never work.
    """
    check(options)
    tree = document.tree
    notices = tree.select("noscript")
    parse_noscript(notices)
    # What selectors match is found in the page as it came: `:nth-child(3)` counts scripts too.
    excluded = _excluded_elements(tree, options)
    selected = None if options.css_selector is None else tree.select(options.css_selector)
    for element in excluded:
        element.extract()
    _remove_what_is_no_content(document, notices)
    warnings = []
    if selected is not None:
        selected = [element for element in selected if _is_in(tree, element)]
        warnings = keep_only(tree, selected, f"`css_selector` {options.css_selector!r}")
    _exclude_links(tree, document.site, options)
    _exclude_images(tree, document.site, options)
    if options.exclude_social_media_domains and not options.exclude_social_media_links:
        warnings.append("`exclude_social_media_domains` has no effect without `exclude_social_media_links`")
    return warnings


def _excluded_elements(tree: turbohtml.Document, options: CleanOptions) -> list[Element]:
    selectors = [tag_selector(options.excluded_tags)] if options.excluded_tags else []
    if options.excluded_selector is not None:
        selectors.append(options.excluded_selector)
    if options.remove_forms:
        selectors.append("form")
    if options.exclude_all_images:
        selectors.append(_IMAGES)
    return [element for selector in selectors for element in tree.select(selector)]


def _is_in(tree: turbohtml.Document, element: Element) -> bool:
    return any(ancestor == tree for ancestor in element.ancestors)


def keep_only(tree: turbohtml.Document, elements: Iterable[Element], chosen_by: str) -> list[str]:
    """Let the body hold *elements*, given in document order, and nothing else; return warnings.

    An element inside another is kept there, not twice. Parts of a table get one around them, since no page can hold
    them without.
    """
    body = tree.find("body")
    chosen = outermost(elements)
    if any(element.tag in {"html", "body"} for element in chosen):
        return []
    if body is not None:
        body.clear()
        for element in chosen:
            body.append(_in_a_table(element.extract()))
    return [] if chosen else [f"{chosen_by} matches nothing: the page is empty"]


def _in_a_table(element: Element) -> Element:
    tag = element.tag
    if tag in {"td", "th"}:
        element, tag = Element("tr", children=[element]), "tr"
    if tag == "tr":
        element, tag = Element("tbody", children=[element]), "tbody"
    if tag in {"tbody", "thead", "tfoot", "caption", "colgroup"}:
        element = Element("table", children=[element])
    return element


def _remove_what_is_no_content(document: Document, notices: Iterable[Element]) -> None:
    tree = document.tree
    useless = [element for tag in _NO_CONTENT for element in tree.select(tag)]
    templates, drawings = tree.select("template"), tree.select("svg")
    for tag in _OLD_CODE:
        for element in tree.select(tag):
            element.tag = "pre"
    load_lazy_images(tree)
    make_absolute(document)  # as long as the tree's index holds
    mermaid_to_code(tree)
    formulas_to_elements(useless)
    for element in useless:
        element.decompose()
    for template in templates:
        if template.attr("shadowrootmode"):  # a browser shows it in the place of its parent's children
            template.insert_before(*(node for fragment in tuple(template) for node in tuple(fragment)))
        template.decompose()
    svg_to_text(drawings)
    resolve_noscript(notices, tree.find("body"))


def _exclude_links(tree: turbohtml.Document, site: str, options: CleanOptions) -> None:
    domains = [] if options.exclude_domains is None else [_domain(name) for name in options.exclude_domains]
    if options.exclude_social_media_links:
        domains += SOCIAL_MEDIA_DOMAINS
        domains += [_domain(name) for name in options.exclude_social_media_domains or ()]
    external, internal = options.exclude_external_links, options.exclude_internal_links
    if not (domains or external or internal):
        return
    for element in tree.select("a[href]") + tree.select("area[href]"):
        host = _host(element.attr("href"))
        if host is None:
            continue
        is_internal = registrable_domain(host) == site
        if (internal if is_internal else external) or _within(host, domains):
            if element.tag == "a":
                element.unwrap()
            else:
                element.decompose()


def _exclude_images(tree: turbohtml.Document, site: str, options: CleanOptions) -> None:
    domains = [_domain(name) for name in options.exclude_domains or ()]
    external = options.exclude_external_images
    if not (domains or external):
        return
    for element in tree.select("img"):
        host = _host(element.attr("src"))
        if host is None:
            continue
        if (external and registrable_domain(host) != site) or _within(host, domains):
            picture = element.parent
            whole = picture if isinstance(picture, Element) and picture.tag == "picture" else element
            whole.decompose()


def _host(url: str | None) -> str | None:
    """Return the host of an absolute http(s) URL, None of any other."""
    if url is None or not url.startswith(("http://", "https://")):
        return None
    return origin_host(url).partition(":")[0].rstrip(".")


def _domain(written: str) -> str:
    """Return a domain as the user wrote it, `https://www.example.com/`, in the form hosts are compared in."""
    name = written.strip().lower()
    try:
        host = parse(name if "://" in name else f"https://{name.removeprefix('*.')}").hostname
    except ValueError:
        host = name
    return host.removeprefix("www.")


def _within(host: str, domains: Iterable[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
