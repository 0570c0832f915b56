//! What was released is never edited: its files by their checksums, its read model by its shape.

use read_models::sale::SaleModel;
use read_models::schema::code_hash;
use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;

use super::first_release::{SALE_CODE, SALE_TABLES, migrations};

/// Migrations that were released, with the checksums databases out there remember. A release adds its lines.
const RELEASED: [(&str, i64, &str); 18] = [
    (
        "event_store",
        1,
        "86065dba9f5280293bfd6c553e08b103ce58d7273ded20ec9f5e288d9c357433db14110b13cb233f1bcd8a6b5208c1d5",
    ),
    (
        "event_store",
        2,
        "244c8f32bc15fda45dad3dbbb077277ebde6a050b440b2a92b146196d264c683fa4d8688b7930d3383b1e21171285dea",
    ),
    (
        "event_store",
        3,
        "09079723497bbedfefd861c424aa3110d79738b193308d3b42d90a25b7514ed4e5d45278fd6e52718e8bcc1528887b12",
    ),
    (
        "event_store",
        4,
        "cad99ecf2dbf5ccc6e9e58a2be53255265ade4ffb32513084f65720026330d03141a96a6358a71ed358d5587f56e9c2f",
    ),
    (
        "event_store",
        5,
        "ae9c550bfa33076426cd12893c6e9d46a67a9c171b4adb4b3639605420de31ed2338c9af2d835d56e79c9a2359b7b33a",
    ),
    (
        "event_store",
        6,
        "eb541ac6b6e3e6ec54c24aa5f5221d211ca894314d605f4cbf1e569521a24d16bcb75d1cf5e1f74bbfd2467b2d6e9421",
    ),
    (
        "event_store",
        7,
        "0d42774d44b70f1f048d7dfb605c8b5c69531c7ff448b3727be76eb49d4273cfe9475dc919044b5618ac3515648f1394",
    ),
    (
        "event_store",
        8,
        "b5b275077141b86900a7671661fe4b6ef9489ac0fb869c0bc03bcf8e3a578ec2b6bc367b518bf91a71425554b29ed469",
    ),
    (
        "event_store",
        9,
        "37ef94c4d2e6c01d5e7b85c66eff4e0462862fa6731e89aa5eb2128cbbc5531056e26018c31c9d0e63b8227f64185687",
    ),
    (
        "event_store",
        10,
        "a2d501b5ca02f4d45effd4e7bdc76db04ff5fc683fe131353de3088c6953c9fe4b55aaba556584323eff944494f2ed15",
    ),
    (
        "read_models",
        1,
        "15dcb5d19c736d770d613ec4211cc065bbe2803929737ff3d4c0e63e5367b19f6716ec0d200de93d7b558a4bca216db3",
    ),
    (
        "read_models",
        2,
        "4ce184e63504e172f3848bcfc30df08790a19cbb3f10237715d931b35840bcdb9610cf7610f1a230c031a05652e6405d",
    ),
    (
        "read_models",
        3,
        "0f2e2416610a9a5eb60ebcfcf4f0ac5e2f27d82350de83e77732062b08a5dee546207e64b9f2d4782e77eb304ccf6e1e",
    ),
    (
        "read_models",
        4,
        "d15695c85dcdb4560d6dec3a44afb6b066481399b37111b670192161f4ac25d35d51f392d22b512f03d484fd432909db",
    ),
    (
        "read_models",
        5,
        "397476e360b56475d980e112b52dab86f5614a32d51080e7069423b521e575d1c17da0c3adac5c4f77dbd9cb7c328329",
    ),
    (
        "read_models",
        6,
        "bbced7c92779069d1ebd93abed3363bb95353b193b63da24df06b2437469e65e655be329457ada4df4cde2ad5a126596",
    ),
    (
        "read_models",
        7,
        "fc4f272178fd28c2e7c7dbb27c234c5fbbaa589bdbadca63a13c21f6f593d2c11dcf461fd242ac32765b1a0bfe3375e1",
    ),
    (
        "read_models",
        8,
        "8c98823cd7c94326112e646726cf08b556f5daea00e27c5d5b985200eef2c0d136a6bc22581105e4c2219dfe465b8bf8",
    ),
];

#[tokio::test]
async fn a_released_migration_is_what_it_was() {
    for (folder, version, released) in RELEASED {
        let migrator = Migrator::new(migrations().join(folder)).await.unwrap();
        let found = migrator.iter().find(|migration| migration.version == version);
        let checksum: String = found
            .unwrap_or_else(|| panic!("{folder} {version} is gone"))
            .checksum
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(checksum, released, "{folder} {version} was edited; add a new file instead");
    }
}

#[tokio::test]
async fn migrations_are_numbered_without_a_hole() {
    for folder in ["event_store", "read_models"] {
        let migrator = Migrator::new(migrations().join(folder)).await.unwrap();
        let numbers: Vec<i64> = migrator.iter().map(|migration| migration.version).collect();
        let newest = i64::try_from(numbers.len()).unwrap();
        assert_eq!(numbers, (1..=newest).collect::<Vec<i64>>(), "{folder}");
    }
}

/// What the first release made its generation from is kept here as it was. The shape of today is another one, so it
/// needs a rebuild: the changelog says so.
#[test]
fn generation_1_of_sale_is_made_here_as_the_first_release_made_it() {
    let digest = Sha256::digest(SALE_TABLES.as_bytes());
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(format!("1-{hex}"), SALE_CODE, "released/sale_1.sql was edited");
    assert!(
        code_hash(&SaleModel).starts_with("5-"),
        "another rise: a rebuild, and a line in the changelog"
    );
}
