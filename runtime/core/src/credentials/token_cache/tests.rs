use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::system::SystemClock;

/// A token endpoint whose tokens are numbered.
#[derive(Default)]
struct Endpoint {
    fetches: AtomicU32,
    down: std::sync::atomic::AtomicBool,
}

impl Endpoint {
    async fn fetch(&self, lifetime: u64) -> Result<Fetched> {
        let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
        if self.down.load(Ordering::SeqCst) {
            return Err(Error::credentials(format!("fetch {number} failed")));
        }
        Ok(Fetched {
            token: Authorization::new("client", format!("token-{number}")),
            lifetime: Duration::from_secs(lifetime),
        })
    }

    fn count(&self) -> u32 {
        self.fetches.load(Ordering::SeqCst)
    }

    fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }
}

async fn get(cache: &TokenCache, endpoint: &Endpoint, lifetime: u64) -> Result<String> {
    cache.get(&SystemClock, |_| endpoint.fetch(lifetime)).await.map(|token| token.expose_access_token().to_owned())
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// The outcomes of a hundred callers at once.
async fn crowd(cache: &Arc<TokenCache>, endpoint: &Arc<Endpoint>) -> Vec<Result<String>> {
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let (cache, endpoint) = (cache.clone(), endpoint.clone());
            tokio::spawn(async move { get(&cache, &endpoint, 3600).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for caller in callers {
        outcomes.push(caller.await.unwrap());
    }
    outcomes
}

#[test]
fn a_crowd_shares_one_fetch_and_one_failure() {
    paused().block_on(async {
        let (cache, endpoint) = (Arc::new(TokenCache::default()), Arc::new(Endpoint::default()));
        endpoint.set_down(true);
        let outcomes = crowd(&cache, &endpoint).await;
        assert!(
            outcomes.iter().all(|outcome| { outcome.as_ref().unwrap_err().to_string().contains("fetch 1 failed") })
        );
        assert_eq!(endpoint.count(), 1);

        // A failure is no verdict: whoever comes later asks again.
        endpoint.set_down(false);
        let outcomes = crowd(&cache, &endpoint).await;
        assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap() == "token-2"));
        assert_eq!(endpoint.count(), 2);
    });
}

#[test]
fn tokens_are_renewed_before_they_expire() {
    paused().block_on(async {
        let (cache, endpoint) = (TokenCache::default(), Endpoint::default());
        assert_eq!(get(&cache, &endpoint, 86_400).await.unwrap(), "token-1");
        tokio::time::advance(Duration::from_secs(86_400 - 301)).await;
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-1");
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-2");
        // A tenth of ten minutes is less than five minutes.
        tokio::time::advance(Duration::from_secs(538)).await;
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-2");
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-3");
        tokio::time::advance(Duration::from_secs(601)).await;
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-4");
    });
}

#[test]
fn a_failed_renewal_keeps_the_good_token_until_it_expires() {
    paused().block_on(async {
        let (cache, endpoint) = (TokenCache::default(), Endpoint::default());
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-1");
        endpoint.set_down(true);
        tokio::time::advance(Duration::from_secs(545)).await;
        for _ in 0..5 {
            assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-1");
        }
        assert_eq!(endpoint.count(), 2, "not every call tries again");
        tokio::time::advance(Duration::from_secs(20)).await;
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-1");
        assert_eq!(endpoint.count(), 3);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(get(&cache, &endpoint, 600).await.is_err());
        endpoint.set_down(false);
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-5");
    });
}

#[test]
fn while_one_renews_the_others_do_not_wait() {
    paused().block_on(async {
        let (cache, endpoint) = (Arc::new(TokenCache::default()), Arc::new(Endpoint::default()));
        get(&cache, &endpoint, 600).await.unwrap();
        tokio::time::advance(Duration::from_secs(545)).await;
        let mut tokens: Vec<_> = crowd(&cache, &endpoint).await.into_iter().map(Result::unwrap).collect();
        tokens.sort();
        assert_eq!((tokens[0].as_str(), tokens[98].as_str(), tokens[99].as_str()), ("token-1", "token-1", "token-2"));
        assert_eq!(endpoint.count(), 2);
    });
}

#[test]
fn exactly_the_refused_token_is_forgotten() {
    paused().block_on(async {
        let (cache, endpoint) = (TokenCache::default(), Endpoint::default());
        get(&cache, &endpoint, 600).await.unwrap();
        cache.invalidate("token-0");
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-1");
        cache.invalidate("token-1");
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-2");
        cache.invalidate("token-1");
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-2");
    });
}

#[test]
fn a_fetch_that_is_given_up_is_taken_over() {
    paused().block_on(async {
        let (cache, endpoint) = (TokenCache::default(), Endpoint::default());
        let impatient = tokio::time::timeout(Duration::from_millis(10), get(&cache, &endpoint, 600)).await;
        assert!(impatient.is_err());
        assert_eq!(get(&cache, &endpoint, 600).await.unwrap(), "token-2");
    });
}

#[test]
fn a_token_without_life_is_used_once() {
    paused().block_on(async {
        let (cache, endpoint) = (TokenCache::default(), Endpoint::default());
        assert_eq!(get(&cache, &endpoint, 0).await.unwrap(), "token-1");
        assert_eq!(get(&cache, &endpoint, 0).await.unwrap(), "token-2");
    });
}
