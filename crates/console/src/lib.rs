//! The web, and only the web.
