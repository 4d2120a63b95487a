"""The options of the two configs in every shape they are taken in; written by tools/generate_keywords.py.

For type checkers and editors: nothing imports it when a program runs.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, TypedDict

from skitter.base.options import Strategy
from skitter.config.matching import MatchMode
from skitter.discover.options import LinkPreviewConfig
from skitter.extract.strategy import ChunkingStrategy, ExtractionStrategy, IdentityChunking, RegexChunking
from skitter.fetch.browser_options import GeolocationConfig, VirtualScrollConfig
from skitter.fetch.proxies import ProxyConfig, ProxyRotationStrategy
from skitter.markdown.generator import DefaultMarkdownGenerator, MarkdownGenerationStrategy
from skitter.model.cache import CacheMode
from skitter.model.scraping import ContentScrapingStrategy
from skitter.parse.tables import DefaultTableExtraction, NoTableExtraction, TableExtractionStrategy

Proxy = ProxyConfig | Mapping[str, Any] | str
"""One proxy; as text, `scheme://user:password@host:port` or `direct`."""


class CrawlOverrides(TypedDict, total=False):
    """Options of a crawl, beside its URL."""

    scraping_strategy: ContentScrapingStrategy | Strategy | None
    url_matcher: str | Callable[[str], bool] | Sequence[str | Callable[[str], bool]] | None
    match_mode: MatchMode | str
    verbose: bool
    deep_crawl_strategy: Any
    link_preview_config: LinkPreviewConfig | Mapping[str, Any] | None
    max_retries: int
    retry_delay: float
    max_retry_delay: float
    stream: bool
    semaphore_count: int
    mean_delay: float
    max_range: float
    extraction_strategy: ExtractionStrategy | None
    chunking_strategy: RegexChunking | Mapping[str, Any] | IdentityChunking | ChunkingStrategy
    markdown_generator: DefaultMarkdownGenerator | Mapping[str, Any] | MarkdownGenerationStrategy | None
    css_selector: str | None
    target_elements: Sequence[str] | None
    excluded_tags: Sequence[str] | None
    excluded_selector: str | None
    word_count_threshold: int
    only_text: bool
    keep_data_attributes: bool
    keep_attrs: Sequence[str] | None
    remove_forms: bool
    prettiify: bool
    exclude_external_links: bool
    exclude_internal_links: bool
    exclude_social_media_links: bool
    exclude_social_media_domains: Sequence[str] | None
    exclude_domains: Sequence[str] | None
    exclude_external_images: bool
    exclude_all_images: bool
    prefetch: bool
    parser_type: str
    image_score_threshold: int
    image_description_min_word_threshold: int
    table_score_threshold: int
    table_extraction: DefaultTableExtraction | Mapping[str, Any] | NoTableExtraction | TableExtractionStrategy | None
    score_links: bool
    preserve_https_for_internal_links: bool
    wait_for: str | None
    wait_for_images: bool
    js_code: str | Sequence[str] | None
    js_code_before_wait: str | Sequence[str] | None
    c4a_script: str | Sequence[str] | None
    js_only: bool
    scan_full_page: bool
    process_iframes: bool
    flatten_shadow_dom: bool
    remove_overlay_elements: bool
    remove_consent_popups: bool
    simulate_user: bool
    override_navigator: bool
    magic: bool
    adjust_viewport_to_content: bool
    screenshot: bool
    pdf: bool
    capture_mhtml: bool
    capture_network_requests: bool
    capture_console_messages: bool
    virtual_scroll_config: VirtualScrollConfig | Mapping[str, Any] | None
    process_in_browser: bool
    timezone_id: str | None
    geolocation: GeolocationConfig | Mapping[str, Any] | None
    wait_until: str
    wait_for_timeout: int | None
    delay_before_return_html: float
    ignore_body_visibility: bool
    body_visibility_timeout: int
    scroll_delay: float
    max_scroll_steps: int | None
    screenshot_wait_for: float | None
    screenshot_height_threshold: int
    force_viewport_screenshot: bool
    experimental: Mapping[str, Any] | None
    log_console: bool
    shared_data: Mapping[str, Any] | None
    fetch_mode: Literal["auto", "http", "browser"]
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    headers: Mapping[str, str] | None
    base_url: str | None
    page_timeout: int
    max_redirects: int
    max_body_bytes: int
    max_download_bytes: int
    session_id: str | None
    user_agent: str | None
    user_agent_mode: Literal["", "random"] | None
    user_agent_generator_config: Mapping[str, Any]
    impersonate: str | None
    locale: str | None
    proxy_config: Proxy | Sequence[Proxy | None] | None
    proxy_rotation_strategy: ProxyRotationStrategy | None
    proxy_session_id: str | None
    proxy_session_ttl: int | None
    proxy_session_auto_release: bool
    fetch_ssl_certificate: bool
    block_private_addresses: bool
    check_robots_txt: bool
    cache_mode: CacheMode | str | None
    check_cache_freshness: bool
    cache_validation_timeout: float
    fallback_fetch_function: Callable[[str], Awaitable[str]] | None


class CrawlKeywords(CrawlOverrides, total=False):
    """Options of CrawlerRunConfig."""

    url: str | None


class BrowserKeywords(TypedDict, total=False):
    """Options of BrowserConfig."""

    browser_type: Literal["chromium", "firefox", "webkit"]
    headless: bool
    browser_mode: Literal["dedicated", "builtin", "cdp", "custom", "docker"]
    executable_path: str | None
    use_managed_browser: bool
    cdp_url: str | None
    browser_context_id: str | None
    target_id: str | None
    cdp_cleanup_on_close: bool
    cdp_close_delay: float
    cache_cdp_connection: bool
    create_isolated_context: bool
    use_persistent_context: bool
    user_data_dir: str | None
    chrome_channel: str
    channel: str
    proxy: str | None
    proxy_config: Proxy | None
    viewport_width: int
    viewport_height: int
    viewport: Mapping[str, int] | None
    device_scale_factor: float
    accept_downloads: bool
    downloads_path: str | None
    storage_state: str | PathLike[str] | Mapping[str, Any] | None
    ignore_https_errors: bool
    java_script_enabled: bool
    sleep_on_close: bool
    verbose: bool
    cookies: Sequence[Mapping[str, Any]] | None
    headers: Mapping[str, str] | None
    user_agent: str | None
    user_agent_mode: Literal["", "random"] | None
    user_agent_generator_config: Mapping[str, Any]
    text_mode: bool
    light_mode: bool
    extra_args: Sequence[str] | None
    debugging_port: int
    host: str
    enable_stealth: bool
    avoid_ads: bool
    avoid_css: bool
    init_scripts: Sequence[str] | None
    memory_saving_mode: bool
    max_pages_before_recycle: int
