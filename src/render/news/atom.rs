//! News as Atom (RFC 4287).

use super::{NewsEntry, NewsFeed, moment};
use crate::render::xml::lawful;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io::Result;

type Xml = Writer<Vec<u8>>;

const NAMESPACE: &str = "http://www.w3.org/2005/Atom";
const HTML: &str = "text/html";
const ATOM: &str = "application/atom+xml";

impl NewsFeed<'_> {
    /// Fails only where memory does.
    pub fn atom(&self) -> Result<String> {
        let mut xml = Writer::new(Vec::new());
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let root = xml
            .create_element("feed")
            .with_attributes([("xmlns", NAMESPACE), ("xml:lang", self.locale.as_str())]);
        root.write_inner_content(|xml| self.write(xml))?;
        Ok(String::from_utf8_lossy(&xml.into_inner()).into_owned())
    }

    fn write(&self, xml: &mut Xml) -> Result<()> {
        text(xml, "id", &self.id)?;
        text(xml, "title", &self.title)?;
        let updated = self.entries.iter().map(|entry| entry.updated).max();
        text(xml, "updated", &moment(updated.unwrap_or(self.published)))?;
        link(xml, "self", ATOM, self.source)?;
        link(xml, "alternate", HTML, self.page)?;
        text(xml, "generator", "fairwarning")?;
        for entry in &self.entries {
            xml.create_element("entry")
                .with_attribute(("xml:lang", entry.locale.as_str()))
                .write_inner_content(|xml| entry.write(xml))?;
        }
        Ok(())
    }
}

impl NewsEntry {
    fn write(&self, xml: &mut Xml) -> Result<()> {
        text(xml, "id", &self.id)?;
        text(xml, "title", &self.title)?;
        text(xml, "published", &moment(self.published))?;
        text(xml, "updated", &moment(self.updated))?;
        xml.create_element("author").write_inner_content(|xml| text(xml, "name", &self.author))?;
        let (term, label) = &self.kind;
        xml.create_element("category")
            .with_attributes([("term", *term), ("label", &lawful(label))])
            .write_empty()?;
        link(xml, "alternate", HTML, self.page.as_deref())?;
        if !self.summary.is_empty() {
            text(xml, "summary", &self.summary)?;
        }
        xml.create_element("content")
            .with_attribute(("type", "html"))
            .write_text_content(BytesText::new(&lawful(&self.html)))?;
        Ok(())
    }
}

fn text(xml: &mut Xml, name: &str, content: &str) -> Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&lawful(content)))?;
    Ok(())
}

fn link(xml: &mut Xml, rel: &str, kind: &str, to: Option<&str>) -> Result<()> {
    if let Some(to) = to {
        let attributes = [("rel", rel), ("type", kind), ("href", to)];
        xml.create_element("link").with_attributes(attributes).write_empty()?;
    }
    Ok(())
}
