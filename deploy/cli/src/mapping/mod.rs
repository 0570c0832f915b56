//! The mapping language: how the rows of other people's files become commands.
//!
//! A mapping is a TOML file. It decides nothing about sales; it only says what each row means in our
//! commands, and the stack judges them. `mappings/crm-sales-opportunities.toml` is a complete example.
//!
//! # A mapping from top to bottom
//!
//! ```toml
//! source = "old-crm"                    # [a-z0-9-]; part of every derived id and idempotency key
//!
//! [constants]                           # `{const.currency}` in any template
//! currency = "EUR"
//!
//! [files.deals]                         # a CSV file with a header line
//! path = "deals.csv"                    # in the imported folder
//! delimiter = ","                       # the default
//! date_format = "%Y-%m-%d"              # the default; chrono's letters
//! decimal = "."                         # the default decimal mark
//! aliases.product = { GTXPro = "GTX Pro" }   # other spellings of a value in this column
//! allowed.state = ["new", "won"]        # any other value is a mapping error of that row
//! joins.product = "products"            # look the value up in another file, by its key
//!
//! [files.products]
//! path = "products.csv"
//! key = "product"                       # a file with a key is kept in memory for joins
//!
//! [[setup]]                             # before the rows; each confirmed before the next begins
//! command = "AddUser"
//! each = "agents"                       # once for every different id among a file's rows; without it, once
//! id = "{slug:agent!}"
//! effective_at = "2016-10-01"
//! body = { name = "{agent}", groups = ["{team}"], primary_group = "{team}" }
//!
//! [records]                             # one row = one record = one stream
//! file = "deals"
//! kind = "sale"
//! external_id = "{deal_no!}"
//!
//! [[records.commands]]                  # sent in this order for every row
//! command = "MarkSold"
//! name = "sold"                         # part of the key when a command stands twice in the list
//! when = { state = "won" }              # every column named must hold (one of) the values
//! unless = { test = ["yes", "1"] }      # none of these
//! effective_at = "{closed!}"            # a date (start of that day, UTC) or an RFC 3339 instant
//! on_refusal = "report"                 # or "note" (no error), or "stop" (the default of setup)
//! done_if = ["sale_closed"]             # see below
//! body = { reason = "unknown", amount = { amount = "{decimal:2:value!}", currency = "{const.currency}" } }
//! ```
//!
//! # Templates
//!
//! Text with slots `{[function:]value[!][|fallback]}`; `{{` and `}}` are braces.
//!
//! | value | is |
//! |---|---|
//! | `column` | the column of this row, trimmed, aliases applied |
//! | `column.field` | the field of the row that the joined `column` leads to |
//! | `const.name` · `'text'` | a constant · the text itself |
//! | `@tenant` · `@source` · `@external_id` | the tenant of the token · the source · the record's external id |
//!
//! `!` makes an empty value a mapping error; `|fallback` replaces it by a text. Functions, applied to value
//! or fallback: `slug:` (lower-case ASCII words joined by `-`), `id:KIND:` (the derived id of that kind),
//! `decimal:PLACES:` (a checked decimal with so many places), `number:` (a JSON number, when the slot stands
//! alone), `date:` (`YYYY-MM-DD`), `lower:`.
//!
//! A field whose slots are all empty is left out of the body, and so is a table or list in which every slot
//! came out empty: `company = { id = "{id:company:account}", name = "{account}" }` vanishes without account.
//!
//! # Ids, keys, and importing twice
//!
//! A derived id is uuid5 of tenant, source, kind and external id; a command's idempotency key is
//! `source/external id/name`. The same file can therefore be imported any number of times: what was done
//! before answers with its first result, or (after the stack has forgotten the key) with `already_exists`.
//! Once a record was found to exist, a refusal named in `done_if` means its command was done earlier.
//! The default is `["sale_closed", "already_closed", "sale_stalled", "effective_time_falls"]`: whatever the
//! stack's users did to the sale since then stands. Changing `source` makes every record new; changing a body under the same key is refused.

pub mod body;
pub mod condition;
pub mod derive;
pub mod language;
pub mod lookup;
pub mod plan;
pub mod record;
pub mod sheet;
pub mod slot;
pub mod template;
pub mod time;

pub use derive::Names;
pub use plan::Plan;
pub use record::{Line, Mapped, RowFault};
