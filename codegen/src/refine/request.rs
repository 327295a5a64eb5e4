//! Reads off the method that the generator wrote for an operation how its request is made.

use proc_macro2::TokenStream;
use syn::{Expr, ExprMethodCall, Pat, Stmt};

/// What the generator's method says about the request.
pub(super) struct Request {
    /// How the URL is made.
    pub(super) url: Expr,
    /// Names of query parameters and of their arguments.
    pub(super) queries: Vec<(String, syn::Ident)>,
    /// Names of headers and of their arguments, and whether they are required.
    pub(super) headers: Vec<(String, syn::Ident, bool)>,
}

impl Request {
    pub(super) fn read(method: &syn::ImplItemFn, elsewhere: bool) -> Result<Self, String> {
        let mut url = None;
        let mut request = Self { url: syn::parse_quote!(()), queries: Vec::new(), headers: Vec::new() };
        for statement in &method.block.stmts {
            match statement {
                Stmt::Local(local) => {
                    let (Pat::Ident(pattern), Some(init)) = (&local.pat, &local.init) else {
                        continue;
                    };
                    let name = pattern.ident.to_string();
                    if name.trim_start_matches('_') == "url" {
                        url = Some(base_url((*init.expr).clone(), elsewhere));
                    } else if name.trim_start_matches('_') == "request" {
                        request.chain(&init.expr)?;
                    }
                }
                Stmt::Expr(Expr::MethodCall(call), _) => request.header(call, true),
                Stmt::Expr(Expr::If(optional), _) => {
                    let ident = match &*optional.cond {
                        Expr::Let(condition) => expression_ident(&condition.expr),
                        _ => None,
                    };
                    for statement in &optional.then_branch.stmts {
                        if let (Stmt::Expr(Expr::MethodCall(call), _), Some(ident)) = (statement, &ident)
                            && let Some(name) = header_name(call)
                        {
                            request.headers.push((name, ident.clone(), false));
                        }
                    }
                }
                _ => {}
            }
        }
        request.url = url.ok_or_else(|| "the generator's method makes no URL".to_owned())?;
        Ok(request)
    }

    /// Reads `self.client.get(url).json(&body).query(…)…`, outermost call first.
    fn chain(&mut self, expression: &Expr) -> Result<(), String> {
        match expression {
            Expr::Try(inner) => self.chain(&inner.expr),
            Expr::MethodCall(call) => {
                self.chain(&call.receiver)?;
                if call.method == "query" {
                    let (name, ident) =
                        call.args.first().and_then(query_parameter).ok_or("a query that cannot be read")?;
                    self.queries.push((name, ident));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn header(&mut self, call: &ExprMethodCall, required: bool) {
        // `header_map.append("If-Match", if_match.to_string().try_into()?)`; others are the generator's own.
        let Some(name) = header_name(call) else {
            return;
        };
        let mut value = call.args.iter().nth(1);
        while let Some(expression) = value {
            value = match expression {
                Expr::Try(inner) => Some(&inner.expr),
                Expr::MethodCall(inner) => Some(&inner.receiver),
                _ => break,
            };
        }
        if let Some(ident) = value.and_then(expression_ident) {
            self.headers.push((name, ident, required));
        }
    }
}

fn header_name(call: &ExprMethodCall) -> Option<String> {
    match call.args.first()? {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) if call.method == "append" => Some(name.value()),
        _ => None,
    }
}

fn query_parameter(argument: &Expr) -> Option<(String, syn::Ident)> {
    let Expr::Reference(reference) = argument else {
        return None;
    };
    let Expr::Call(call) = &*reference.expr else {
        return None;
    };
    let mut arguments = call.args.iter();
    let (Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }), Expr::Reference(value)) =
        (arguments.next()?, arguments.next()?)
    else {
        return None;
    };
    Some((name.value(), expression_ident(&value.expr)?))
}

fn expression_ident(expression: &Expr) -> Option<syn::Ident> {
    match expression {
        Expr::Path(path) => path.path.get_ident().cloned(),
        Expr::Reference(reference) => expression_ident(&reference.expr),
        _ => None,
    }
}

/// `self.baseurl` as the runtime's base URL, or as the variable of an operation that lies elsewhere; and a path that `lower` marked to keep it apart from another
/// operation's is itself again.
fn base_url(mut expression: Expr, elsewhere: bool) -> Expr {
    let Expr::Macro(call) = &mut expression else {
        return expression;
    };
    let text = call.mac.tokens.to_string();
    let base = if elsewhere { "base_url" } else { "client . base_url ()" };
    let text = text.replace("self . baseurl", base).replace("self.baseurl", base);
    if let Ok(tokens) = text.parse::<TokenStream>() {
        let mut first = true;
        call.mac.tokens = tokens
            .into_iter()
            .map(|token| match token {
                proc_macro2::TokenTree::Literal(literal) if std::mem::take(&mut first) => {
                    // By its value, not by its spelling: a path may have quotes and backslashes.
                    let text = match syn::Lit::new(literal) {
                        syn::Lit::Str(text) => text.value(),
                        _ => String::new(),
                    };
                    let path = text.split('#').next().unwrap_or_default();
                    proc_macro2::TokenTree::Literal(proc_macro2::Literal::string(path))
                }
                other => other,
            })
            .collect();
    }
    expression
}
