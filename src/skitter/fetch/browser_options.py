"""What is asked of a page in a browser: options that HTTP alone cannot serve."""

from collections.abc import Mapping
from typing import Any

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt

from skitter.base.options import Options, Strategy


class GeolocationConfig(Strategy):
    """A place on Earth that the browser reports."""

    latitude: float
    """Degrees north, -90 to 90."""

    longitude: float
    """Degrees east, -180 to 180."""

    accuracy: NonNegativeFloat | None = 0.0
    """Radius in metres."""


class VirtualScrollConfig(Strategy):
    """How a list that keeps only its visible rows is scrolled and collected."""

    container_selector: str
    """CSS selector of the scrolling element."""

    scroll_count: PositiveInt = 10
    """Most scroll steps."""

    scroll_by: int | str = "container_height"
    """`container_height`, `page_height`, or pixels."""

    wait_after_scroll: NonNegativeFloat = 0.5
    """Seconds after each step."""


class RenderOptions(Options):
    """How long a rendered page is waited for; read only when a page is rendered, so they never ask for a browser."""

    wait_until: str = "domcontentloaded"
    """Browser event that ends navigation: commit, domcontentloaded, load or networkidle."""

    wait_for_timeout: PositiveInt | None = None
    """Limit of `wait_for` in milliseconds; None is `page_timeout`."""

    delay_before_return_html: NonNegativeFloat = 0.1
    """Seconds between the page being ready and its HTML being read."""

    ignore_body_visibility: bool = True
    """Go on although the body is hidden."""

    body_visibility_timeout: PositiveInt = 30_000
    """Limit in milliseconds of waiting for a visible body."""

    scroll_delay: NonNegativeFloat = 0.2
    """Seconds between two scroll steps of `scan_full_page`."""

    max_scroll_steps: NonNegativeInt | None = None
    """Most scroll steps of `scan_full_page`; None scrolls to the end of the page."""

    screenshot_wait_for: NonNegativeFloat | None = None
    """Seconds before a screenshot is taken."""

    screenshot_height_threshold: PositiveInt = 10_000
    """Height in pixels up to which a screenshot is taken in one piece."""

    force_viewport_screenshot: bool = False
    """Take only what is visible, however high the page."""

    experimental: Mapping[str, Any] | None = None
    """Options on trial, by name."""

    log_console: bool = False
    """Log the page's console messages."""

    shared_data: Mapping[str, Any] | None = None
    """Values handed to hooks, as `config.shared_data`."""


class BrowserPageOptions(Options):
    """What only a browser can do: setting one of these asks for a browser."""

    wait_for: str | None = None
    """Wait for `css:SELECTOR` or for `js:EXPRESSION` to be true; when it does not come, the page fails."""

    wait_for_images: bool = False
    """Wait until the images have loaded."""

    js_code: str | tuple[str, ...] | None = None
    """JavaScript to run on the page, in order; what it returns is in `result.js_execution_result`."""

    js_code_before_wait: str | tuple[str, ...] | None = None
    """JavaScript to run before `wait_for`."""

    c4a_script: str | tuple[str, ...] | None = None
    """Page interaction in C4A-Script."""

    js_only: bool = False
    """Go on with the session's page as it stands, without navigating."""

    scan_full_page: bool = False
    """Scroll through the whole page first, so that lazy content loads."""

    process_iframes: bool = False
    """Put the content of iframes into the page."""

    flatten_shadow_dom: bool = False
    """Put the content of shadow roots into the page."""

    remove_overlay_elements: bool = False
    """Remove pop-ups and overlays."""

    remove_consent_popups: bool = False
    """Answer or remove cookie consent dialogs."""

    simulate_user: bool = False
    """Move the mouse and scroll like a person."""

    override_navigator: bool = False
    """Hide the properties that give an automated browser away."""

    magic: bool = False
    """`simulate_user`, `override_navigator` and a random user agent together."""

    adjust_viewport_to_content: bool = False
    """Make the viewport as large as the page."""

    screenshot: bool = False
    """Take a screenshot: `result.screenshot`, base64."""

    pdf: bool = False
    """Print the page: `result.pdf`, bytes."""

    capture_mhtml: bool = False
    """Save the page with its resources: `result.mhtml`."""

    capture_network_requests: bool = False
    """Record requests and responses: `result.network_requests`."""

    capture_console_messages: bool = False
    """Record console messages: `result.console_messages`."""

    virtual_scroll_config: VirtualScrollConfig | None = None
    """Collect a list that keeps only its visible rows; a VirtualScrollConfig or its fields as a dict."""

    process_in_browser: bool = False
    """Render `raw:` and `file:` pages too."""

    timezone_id: str | None = None
    """The browser's time zone, such as `Europe/Berlin`."""

    geolocation: GeolocationConfig | None = None
    """The place the browser reports; a GeolocationConfig or its fields as a dict."""
