//! The list of codes by which the API refuses requests.

use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    extract::PathId,
    openapi::{Access, Api, RouteDoc},
    problem::{Code, Problem},
};

pub(super) fn routes() -> Api {
    Api::default()
        .get(
            "/api/v1/problems",
            list,
            RouteDoc::new(Access::Public, "Every code of a refusal").returns::<Vec<ProblemType>>(),
        )
        .get(
            "/api/v1/problems/{code}",
            one,
            RouteDoc::new(Access::Public, "One code of a refusal").returns::<ProblemType>(),
        )
}

/// A code of a refusal.
#[derive(Serialize, JsonSchema)]
struct ProblemType {
    /// The `type` of the problem document.
    r#type: String,
    code: Code,
    /// The HTTP status.
    status: u16,
    title: &'static str,
}

impl From<Code> for ProblemType {
    fn from(code: Code) -> ProblemType {
        let (status, title) = (code.status().as_u16(), code.title());
        ProblemType { r#type: code.type_uri(), code, status, title }
    }
}

async fn list() -> Json<Vec<ProblemType>> {
    Json(Code::ALL.iter().map(|code| ProblemType::from(*code)).collect())
}

async fn one(PathId(word): PathId<String>) -> Result<Json<ProblemType>, Problem> {
    let code = Code::ALL.iter().find(|code| code.word() == word);
    let code = code.ok_or_else(|| Problem::not_found("there is no such code"))?;
    Ok(Json(ProblemType::from(*code)))
}
