//! The workspace's own templates, and those that worked before them.

use crate::render::{RenderError, Renderer};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A set of templates that parsed.
struct Parsed {
    renderer: Arc<Renderer>,
    /// A name that a template gets wrong shows only when something is rendered.
    has_worked: AtomicBool,
}

/// The templates as they are now, and a set to fall back on.
#[derive(Clone)]
pub struct Templates {
    texts: Arc<BTreeMap<String, String>>,
    newest: Result<Arc<Parsed>, Arc<RenderError>>,
    proven: Option<Arc<Parsed>>,
}

/// What templates made of something.
pub struct Output<T, E> {
    /// Absent where no templates could make it.
    pub made: Option<T>,
    /// What is wrong with the templates as they are now.
    pub error: Option<E>,
}

impl Templates {
    pub fn first(texts: &BTreeMap<String, String>) -> Self {
        Self { texts: Arc::new(texts.clone()), newest: parse(texts), proven: None }
    }

    /// Those that were published, which work.
    pub fn published(renderer: Arc<Renderer>) -> Self {
        let parsed = Parsed { renderer, has_worked: AtomicBool::new(true) };
        Self { texts: Arc::default(), newest: Ok(Arc::new(parsed)), proven: None }
    }

    pub fn next(&self, texts: &BTreeMap<String, String>) -> Self {
        if *self.texts == *texts {
            return self.clone();
        }
        let worked = self.newest.as_ref().ok().filter(|it| it.has_worked.load(Ordering::Relaxed));
        let proven = worked.or(self.proven.as_ref()).cloned();
        Self { texts: Arc::new(texts.clone()), newest: parse(texts), proven }
    }

    /// Why the templates as they are now cannot be used at all.
    pub fn failure(&self) -> Option<&RenderError> {
        self.newest.as_ref().err().map(Arc::as_ref)
    }

    /// Makes it with the newest templates, or else with the last that worked.
    pub fn make<T, E>(&self, make: impl Fn(&Renderer) -> Result<T, E>) -> Output<T, E> {
        let before = || self.proven.as_ref().and_then(|it| make(&it.renderer).ok());
        match &self.newest {
            Ok(newest) => match make(&newest.renderer) {
                Ok(made) => {
                    newest.has_worked.store(true, Ordering::Relaxed);
                    Output { made: Some(made), error: None }
                }
                Err(error) => Output { made: before(), error: Some(error) },
            },
            Err(_) => Output { made: before(), error: None },
        }
    }
}

fn parse(texts: &BTreeMap<String, String>) -> Result<Arc<Parsed>, Arc<RenderError>> {
    let renderer = Arc::new(Renderer::new(texts).map_err(Arc::new)?);
    Ok(Arc::new(Parsed { renderer, has_worked: AtomicBool::new(false) }))
}
