//! Things that lead back to themselves: groups that hold each other, replacements
//! that replace each other.

/// More names than these are not followed by eye.
const MAX_NAMED: usize = 8;

/// The circles in a graph of `count` nodes, each begun with its least node and
/// told once; what only touches circles that are told already is left out.
///
/// Each edge is walked once, without recursion: a file may hold a chain of as
/// many links as it has values.
pub fn circles(count: usize, leads_to: impl Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
    let (mut seen, mut told) = (vec![false; count], vec![false; count]);
    // Where a node stands on the way walked now.
    let mut place = vec![None; count];
    let mut found = Vec::new();
    for start in 0..count {
        if seen[start] {
            continue;
        }
        let mut way = vec![(start, leads_to(start).into_iter())];
        (seen[start], place[start]) = (true, Some(0));
        while let Some((node, further)) = way.last_mut() {
            let Some(next) = further.next() else {
                place[*node] = None;
                way.pop();
                continue;
            };
            match place[next] {
                Some(from) if !(told[*node] && told[next]) => {
                    let mut circle: Vec<usize> = way[from..].iter().map(|(at, _)| *at).collect();
                    circle.iter().for_each(|node| told[*node] = true);
                    let least = (0..circle.len()).min_by_key(|n| circle[*n]).unwrap_or(0);
                    circle.rotate_left(least);
                    found.push(circle);
                }
                None if !seen[next] => {
                    (seen[next], place[next]) = (true, Some(way.len()));
                    way.push((next, leads_to(next).into_iter()));
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// `a → b → a`.
pub fn drawn(names: &[&str]) -> String {
    let first = names.first().into_iter();
    let shown: Vec<_> = match names.len() {
        0..=MAX_NAMED => names.iter().chain(first).copied().collect(),
        _ => names[..MAX_NAMED].iter().chain(&["…"]).chain(first).copied().collect(),
    };
    shown.join(" → ")
}
