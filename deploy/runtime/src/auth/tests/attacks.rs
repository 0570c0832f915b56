//! RFC 8725, one attack after the other.

use super::*;

#[tokio::test]
async fn claims_that_do_not_hold_are_refused() {
    let at = now().timestamp();
    let cases = [
        (json!({"iss": "https://evil.example"}), "another issuer"),
        (json!({"iss": null}), "lacks"),
        (json!({"iss": [ISSUER]}), "lacks"),
        (json!({"aud": "other"}), "another audience"),
        (json!({"aud": null}), "lacks"),
        (json!({"exp": at - 30}), "expired"),
        (json!({"exp": 0}), "expired"),
        (json!({"exp": null}), "lacks"),
        (json!({"exp": "tomorrow"}), "lacks"),
        (json!({"exp": 1e300}), "lacks"),
        (json!({"exp": -1}), "lacks"),
        (json!({"nbf": at + 31}), "not valid yet"),
        (json!({"nbf": "soon"}), "lacks"),
        (json!({"sub": null}), "lacks"),
        (json!({"sub": ""}), "lacks"),
        (json!({"sub": 7}), "lacks"),
        (json!({"tenant": null}), "lacks"),
        (json!({"tenant": "Demo"}), "lacks"),
        (json!({"tenant": "demo.sale"}), "lacks"),
        (json!({"tenant": "demo>"}), "lacks"),
        (json!({"tenant": ["demo", "other"]}), "lacks"),
        (json!({"roles": "admin"}), "lacks"),
        (json!({"groups": [1]}), "lacks"),
    ];
    for (changes, reason) in cases {
        let (status, _, detail) = refused(&signed(changes.clone())).await;
        assert_eq!(status, 401, "{changes}");
        assert!(detail.contains(reason), "{changes}: {detail}");
        assert!(!detail.contains("id.example"), "a refusal must not tell our settings: {detail}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_half_a_minute() {
    let at = now().timestamp();
    for changes in
        [json!({"exp": at - 29}), json!({"nbf": at + 30}), json!({"exp": 1_773_133_200.5})]
    {
        assert!(
            authenticator().await.authenticate(&signed(changes.clone())).await.is_ok(),
            "{changes}"
        );
    }
}

#[tokio::test]
async fn an_audience_may_be_one_of_several() {
    let token = signed(json!({"aud": ["other", AUDIENCE]}));
    assert!(authenticator().await.authenticate(&token).await.is_ok());
}

#[tokio::test]
async fn a_token_without_a_role_of_ours_may_do_nothing() {
    for roles in [json!([]), json!(null), json!(["root", "Admin", ""])] {
        let (status, code, _) = refused(&signed(json!({"roles": roles}))).await;
        assert_eq!((status, code), (403, "forbidden"), "{roles}");
    }
    let actor =
        authenticator().await.authenticate(&signed(json!({"roles": ["root", "auditor"]}))).await;
    assert_eq!(actor.unwrap().roles.iter().collect::<Vec<_>>(), [Role::Auditor]);
}

#[tokio::test]
async fn the_public_key_is_not_an_hmac_secret() {
    let modulus = published("rsa", &rsa(), Algorithm::RS256)["n"].as_str().unwrap().to_owned();
    let point = published("ed", &ed25519(1), Algorithm::EdDSA)["x"].as_str().unwrap().to_owned();
    for (kid, public) in [("rsa", modulus), ("ed", point)] {
        for secret in [public.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(&public).unwrap()] {
            let key = EncodingKey::from_secret(&secret);
            let token = encode(&header(Algorithm::HS256, kid), &claims(json!({})), &key).unwrap();
            let (status, _, detail) = refused(&token).await;
            assert_eq!(status, 401);
            assert!(detail.contains("algorithm"), "{detail}");
        }
    }
}

#[tokio::test]
async fn no_algorithm_is_no_signature() {
    let payload = URL_SAFE_NO_PAD.encode(claims(json!({})).to_string());
    for alg in ["none", "None", "NONE", "", "ES256", "RS512", "PS256", "HS512"] {
        let head = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": "ed"}).to_string());
        for signature in ["", "AAAA"] {
            let (status, _, _) = refused(&format!("{head}.{payload}.{signature}")).await;
            assert_eq!(status, 401, "{alg}");
        }
    }
}

#[tokio::test]
async fn the_key_chooses_the_algorithm_not_the_token() {
    let token = encode(&header(Algorithm::EdDSA, "rsa"), &claims(json!({})), &ed25519(1)).unwrap();
    assert!(refused(&token).await.2.contains("algorithm"));
    let token = encode(&header(Algorithm::RS512, "rsa"), &claims(json!({})), &rsa()).unwrap();
    assert!(refused(&token).await.2.contains("algorithm"));
}

#[tokio::test]
async fn another_key_does_not_sign_for_ours() {
    let token = encode(&header(Algorithm::EdDSA, "ed"), &claims(json!({})), &ed25519(2)).unwrap();
    assert!(refused(&token).await.2.contains("signature"));
    for kid in ["unknown", "", "../../etc/passwd", "ed\u{0}"] {
        let token =
            encode(&header(Algorithm::EdDSA, kid), &claims(json!({})), &ed25519(1)).unwrap();
        assert!(refused(&token).await.2.contains("do not know"), "{kid}");
    }
}

#[tokio::test]
async fn a_token_does_not_bring_its_own_key() {
    let attacker = ed25519(2);
    let mut own = header(Algorithm::EdDSA, "ed");
    own.jwk = Some(Jwk::from_encoding_key(&attacker, Algorithm::EdDSA).unwrap());
    own.jku = Some("https://evil.example/jwks.json".to_owned());
    own.x5u = Some("https://evil.example/cert.pem".to_owned());
    let token = encode(&own, &claims(json!({})), &attacker).unwrap();
    assert!(refused(&token).await.2.contains("signature"));
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let token = signed(json!({}));
    let parts: Vec<&str> = token.split('.').collect();
    let admin = URL_SAFE_NO_PAD.encode(claims(json!({"roles": ["admin"]})).to_string());
    assert!(refused(&format!("{}.{admin}.{}", parts[0], parts[2])).await.2.contains("signature"));
    let odd = format!("{}.{}", parts[0], parts[1]);
    for text in
        ["", ".", "..", "a.b.c", "no token", &odd, &format!("{token}.x"), &format!("{token}x")]
    {
        assert_eq!(refused(text).await.0, 401, "{text}");
    }
}

#[tokio::test]
async fn a_header_may_not_ask_for_more_than_a_signature() {
    let mut critical = header(Algorithm::EdDSA, "ed");
    critical.crit = Some(vec!["exp".to_owned()]);
    let mut nested = header(Algorithm::EdDSA, "ed");
    nested.typ = Some("logout+jwt".to_owned());
    let nameless = Header::new(Algorithm::EdDSA);
    for refused_header in [critical, nested, nameless] {
        let token = encode(&refused_header, &claims(json!({})), &ed25519(1)).unwrap();
        assert_eq!(refused(&token).await.0, 401, "{refused_header:?}");
    }
    let mut access_token = header(Algorithm::EdDSA, "ed");
    access_token.typ = Some("at+jwt".to_owned());
    let token = encode(&access_token, &claims(json!({})), &ed25519(1)).unwrap();
    assert!(authenticator().await.authenticate(&token).await.is_ok());
}

#[tokio::test]
async fn a_token_has_8_kib_at_most() {
    let of_length = |length: usize| {
        let fill = |size: usize| signed(json!({"filler": "x".repeat(size)}));
        (0..length).rev().map(fill).find(|token| token.len() <= length).unwrap()
    };
    let longest = of_length(8192);
    assert!(longest.len() > 8188 && authenticator().await.authenticate(&longest).await.is_ok());
    let overlong = signed(json!({"filler": "x".repeat(8192)}));
    assert!(refused(&overlong).await.2.contains("8 KiB"));
}

#[tokio::test]
async fn keys_nobody_should_sign_tokens_with_are_left_out() {
    let good = published("ed", &ed25519(1), Algorithm::EdDSA);
    let with = |changes: Value| {
        let mut key = good.clone();
        for (member, value) in changes.as_object().unwrap() {
            key[member] = value.clone();
        }
        key
    };
    let short = URL_SAFE_NO_PAD.encode([0xff; 128]);
    for bad in [
        json!({"kty": "oct", "kid": "ed", "k": "c2VjcmV0"}),
        json!({"kty": "RSA", "kid": "ed", "n": short, "e": "AQAB"}),
        with(json!({"use": "enc"})),
        with(json!({"alg": "RS256"})),
        with(json!({"d": "cHJpdmF0ZQ"})),
        with(json!({"crv": "X25519"})),
        with(json!({"x": "c2hvcnQ"})),
        with(json!({"kid": null})),
    ] {
        let source = JwksSource::Inline(jwks(std::slice::from_ref(&bad)));
        let opened = Authenticator::open(config(source), Clock::in_hand(now())).await;
        assert!(opened.is_err(), "{bad}");
    }
}
