//! Members through which a record would hold itself lie on the heap.

use super::model::{Kind, Shape, Type};

/// Marks them.
pub(super) fn mark(types: &mut [Type]) {
    let held: Vec<Vec<usize>> = types.iter().map(holds).collect();
    let circles = circles(&held);
    let unions: Vec<bool> = types.iter().map(|ty| matches!(ty.kind, Kind::Union(_))).collect();
    for number in 0..types.len() {
        let circle = circles[number];
        if let Kind::Union(shapes) = &mut types[number].kind {
            // A union within itself adds nothing to it.
            shapes.retain(|shape| !matches!(shape, Shape::Named(n) if unions[*n] && circles[*n] == circle));
        }
        let Kind::Record { members, .. } = &mut types[number].kind else {
            continue;
        };
        for member in members {
            member.boxed = matches!(member.shape, Shape::Named(other) if circles[other] == circle
                && (other != number || held[number].contains(&number)));
        }
    }
}

/// The types that lie directly in a value of a type; those in lists and maps lie elsewhere.
fn holds(ty: &Type) -> Vec<usize> {
    let direct = |shape: &Shape| match shape {
        Shape::Named(number) => Some(*number),
        _ => None,
    };
    match &ty.kind {
        Kind::Record { members, .. } => members.iter().filter_map(|member| direct(&member.shape)).collect(),
        Kind::Union(shapes) => shapes.iter().filter_map(direct).collect(),
        Kind::Enum(_) | Kind::Alias(_) => Vec::new(),
    }
}

/// For each type the number of the circle that it is in: two types in one can reach each other. Tarjan's algorithm, with the
/// recursion written out.
fn circles(held: &[Vec<usize>]) -> Vec<usize> {
    const NEW: usize = usize::MAX;
    let count = held.len();
    let (mut index, mut low, mut circle) = (vec![NEW; count], vec![0; count], vec![NEW; count]);
    let (mut stack, mut next) = (Vec::new(), 0);
    for start in 0..count {
        if index[start] != NEW {
            continue;
        }
        let mut work = vec![(start, 0)];
        while let Some((node, child)) = work.pop() {
            if child == 0 {
                (index[node], low[node]) = (next, next);
                next += 1;
                stack.push(node);
            } else {
                low[node] = low[node].min(low[held[node][child - 1]]);
            }
            let open = held[node][child..].iter().position(|other| index[*other] == NEW || circle[*other] == NEW);
            match open {
                Some(skipped) => {
                    let other = held[node][child + skipped];
                    work.push((node, child + skipped + 1));
                    if index[other] == NEW {
                        work.push((other, 0));
                    } else {
                        low[node] = low[node].min(index[other]);
                    }
                }
                None if low[node] == index[node] => {
                    while let Some(member) = stack.pop() {
                        circle[member] = index[node];
                        if member == node {
                            break;
                        }
                    }
                }
                None => {}
            }
        }
    }
    circle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found() {
        let held = [vec![1, 3], vec![2], vec![0], vec![3], vec![0]];
        let found = circles(&held);
        assert!(found[0] == found[1] && found[1] == found[2]);
        assert!(found[3] != found[0] && found[4] != found[0] && found[3] != found[4]);
    }
}
