//! A page for every stable code, served where the `type` of a problem points: `/problems/<code>`.
//!
//! Owns `problems/*.md` and their rendering. A code without a page does not leave the house: debug builds
//! panic, so every test that meets it fails. Takes no token; says nothing about a tenant.

use axum::Router;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::HeaderMap;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use include_dir::{Dir, include_dir};
use pulldown_cmark::{Parser, html};

use super::Problem;

/// One Markdown page a code: what happened, what to do.
static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/problems");

/// Pages change with a release only.
const AN_HOUR: &str = "public, max-age=3600";

/// Every code that has a page, in order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.files().filter_map(|page| page.path().file_stem().and_then(|stem| stem.to_str()))
}

/// The page of a code, in Markdown.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.get_file(format!("{code}.md")).and_then(include_dir::File::contents_utf8)
}

/// Debug builds: every code that leaves has a page.
pub(super) fn must_explain(code: &str) {
    debug_assert!(page(code).is_some(), "write deploy/runtime/problems/{code}.md");
}

/// `GET /problems` lists the codes; `GET /problems/{code}` explains one: HTML for browsers, Markdown else.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/problems", get(|headers: HeaderMap| async move { told(&headers, &index()) }))
        .route("/problems/{code}", get(one))
}

async fn one(Path(code): Path<String>, headers: HeaderMap) -> Response {
    match page(&code) {
        Some(page) => told(&headers, page),
        None => Problem::not_found("no problem has this code").into_response(),
    }
}

fn index() -> String {
    let title =
        "# Problems\n\nEvery refusal bears one of these codes; its page says what to do.\n\n";
    codes().fold(title.to_owned(), |list, code| list + "- [" + code + "](/problems/" + code + ")\n")
}

fn told(headers: &HeaderMap, page: &str) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fixed = [(CACHE_CONTROL, AN_HOUR), (VARY, "accept")];
    if accepted.contains("text/html") {
        (fixed, Html(document(page))).into_response()
    } else {
        (fixed, [(CONTENT_TYPE, "text/markdown; charset=utf-8")], page.to_owned()).into_response()
    }
}

fn document(page: &str) -> String {
    let title = page.lines().next().unwrap_or_default().trim_start_matches("# ");
    let mut document = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <style>body{{font:1rem/1.5 system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem}}</style></head><body>"
    );
    html::push_html(&mut document, Parser::new(page));
    document.push_str("</body></html>");
    document
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use http::{Request, StatusCode};
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &str, accept: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).header(ACCEPT, accept).body(Body::empty()).unwrap();
        let answer = routes().with_state(()).oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn every_page_bears_the_title_of_its_problem_and_says_what_to_do() {
        assert!(codes().count() > 60);
        for code in codes() {
            let page = page(code).unwrap();
            let title = format!("# {}\n\n`{code}` · HTTP ", super::super::title(code));
            assert!(page.starts_with(&title), "{code}");
            let status = page[title.len()..].get(..3).unwrap().parse::<u16>().unwrap();
            assert!((400..600).contains(&status), "{code}: {status}");
            assert!(page.contains("\n## What to do\n"), "{code}");
        }
    }

    #[tokio::test]
    async fn the_type_of_a_problem_leads_to_its_page() {
        let problem = serde_json::to_value(Problem::key_reused()).unwrap();
        let address = problem["type"].as_str().unwrap();
        let (status, headers, body) = ask(address, "*/*").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[CONTENT_TYPE], "text/markdown; charset=utf-8");
        assert!(body.starts_with("# Key reused\n"), "{body}");
        let (_, headers, body) = ask(address, "text/html,*/*;q=0.8").await;
        assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(body.contains("<h1>Key reused</h1>"), "{body}");
    }

    #[tokio::test]
    async fn the_list_leads_to_every_page_and_nowhere_else() {
        let (_, _, list) = ask("/problems", "*/*").await;
        assert_eq!(list.matches("](/problems/").count(), codes().count());
        let (status, _, body) = ask("/problems/..%2Fmod", "*/*").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{body}");
    }
}
