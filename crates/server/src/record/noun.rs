//! What every kind of record gets from a few lines: its shape, and its five routes.

use serde::{Deserialize, Deserializer};

/// A field of a patch that was sent, `null` included; an absent one stays `None`.
pub(crate) fn sent<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Makes the types and routes of one kind of record.
macro_rules! noun {
    (
        $(#[$about:meta])*
        $module:ident, $word:literal, $one_word:literal, $plural:literal: $Noun:ident, $New:ident, $Patch:ident;
        routes $path:literal, $one:literal, $tag:literal;
        ids $list_id:literal, $create_id:literal, $find_id:literal, $update_id:literal, $delete_id:literal;
        needs $Read:ident, $Write:ident;
        check $check:expr;
        fields { $( $(#[$doc:meta])* $field:ident: $Type:ty, )* }
    ) => {
        #[doc = concat!("`", $path, "`")]
        pub mod $module {
            use axum::{extract::{Path, State}, http::StatusCode};
            use serde::{Deserialize, Serialize};
            use serde_json::{Map, Value as Json};
            use utoipa::ToSchema;
            use utoipa_axum::{router::OpenApiRouter, routes};

            #[allow(unused_imports, clippy::allow_attributes, reason = "not every kind has such a field")]
            use super::*;
            use crate::{
                error::Result,
                http::{App, Body, Data, Post, Query, Reply, Scoped, needs},
                id::{Id, kind},
                page::{Page, PageQuery},
                record::{self, Noun, Record},
                time,
            };

            impl Noun for kind::$Noun {
                const WORD: &'static str = $word;
            }

            $(#[$about])*
            #[derive(Clone, Debug, Serialize, ToSchema)]
            pub struct $Noun {
                /// Names it for good.
                #[schema(value_type = String)]
                pub id: Id<kind::$Noun>,
                /// The number that stands for it where ids are numbers.
                pub number: i64,
                /// Unique among its kind, whatever its capitals.
                pub name: String,
                $( $(#[$doc])* pub $field: $Type, )*
                /// When it was made.
                #[serde(serialize_with = "time::whole_seconds")]
                #[schema(value_type = String, format = DateTime)]
                pub created_at: jiff::Timestamp,
                /// When it last changed.
                #[serde(serialize_with = "time::whole_seconds")]
                #[schema(value_type = String, format = DateTime)]
                pub updated_at: jiff::Timestamp,
            }

            #[doc = concat!("What it takes to make a ", $one_word, ".")]
            #[derive(Clone, Debug, Deserialize, ToSchema)]
            pub struct $New {
                /// 1 to 100 characters.
                #[schema(min_length = 1, max_length = 100)]
                pub name: String,
                $( $(#[$doc])* #[serde(default)] pub $field: $Type, )*
            }

            #[doc = concat!("What to change of a ", $one_word, ": absent fields stay.")]
            #[derive(Clone, Debug, Deserialize, ToSchema)]
            pub struct $Patch {
                /// 1 to 100 characters.
                #[schema(min_length = 1, max_length = 100)]
                #[serde(default)]
                pub name: Option<String>,
                $(
                    $(#[$doc])*
                    #[serde(default, deserialize_with = "crate::record::noun::sent")]
                    #[schema(value_type = Option<$Type>)]
                    pub $field: Option<$Type>,
                )*
            }

            impl TryFrom<Record<kind::$Noun>> for $Noun {
                type Error = crate::error::Error;

                fn try_from(record: Record<kind::$Noun>) -> Result<Self> {
                    let mut details = record.details;
                    let mut take = |name: &str| details.remove(name).unwrap_or(Json::Null);
                    Ok(Self {
                        id: record.id,
                        number: record.number,
                        name: record.name,
                        $( $field: read_field::<$Type>(take(stringify!($field)))?, )*
                        created_at: record.created_at,
                        updated_at: record.updated_at,
                    })
                }
            }

            /// Newest first.
            #[utoipa::path(get, path = $path, operation_id = $list_id, summary = concat!("List ", $plural), tag = $tag,
                params(crate::page::PageParams), responses((status = 200, body = Page<$Noun>)))]
            async fn list(
                State(app): State<App>,
                key: Scoped<needs::$Read>,
                Query(page): Query<PageQuery<kind::$Noun>>,
            ) -> Result<axum::Json<Page<$Noun>>> {
                let paging = page.paging()?;
                let read = app.store.read(&key.scope, move |tx| record::list_page(tx, &paging));
                let page = read.await?;
                let data = page.data.into_iter().map($Noun::try_from).collect::<Result<_>>()?;
                Ok(axum::Json(Page { data, pagination: page.pagination }))
            }

            #[utoipa::path(post, path = $path, operation_id = $create_id, summary = concat!("Create a ", $one_word), tag = $tag,
                request_body = $New, responses((status = 201, body = Data<$Noun>)))]
            async fn create(
                State(app): State<App>,
                key: Scoped<needs::$Write>,
                post: Post<$New>,
            ) -> Result<Reply> {
                post.run(&app, &key.asker, |tx, new| {
                    let mut details = Map::new();
                    $( details.insert(stringify!($field).to_owned(), serde_json::to_value(&new.$field)?); )*
                    ($check)(tx, &mut details)?;
                    let made = $Noun::try_from(record::create::<kind::$Noun>(tx, &new.name, &details)?)?;
                    Reply::new(StatusCode::CREATED, &made, made.id.as_str())
                })
                .await
            }

            #[utoipa::path(get, path = $one, operation_id = $find_id, summary = concat!("Get a ", $one_word), tag = $tag,
                params(("id" = String, Path, description = "Its id")),
                responses((status = 200, body = Data<$Noun>)))]
            async fn find(
                State(app): State<App>,
                key: Scoped<needs::$Read>,
                Path(id): Path<String>,
            ) -> Result<Data<$Noun>> {
                let id = id.parse()?;
                let read = app.store.read(&key.scope, move |tx| record::find::<kind::$Noun>(tx, &id));
                Ok(Data(read.await?.try_into()?))
            }

            /// Absent fields stay as they are.
            #[utoipa::path(patch, path = $one, operation_id = $update_id, summary = concat!("Change a ", $one_word), tag = $tag,
                params(("id" = String, Path, description = "Its id")), request_body = $Patch,
                responses((status = 200, body = Data<$Noun>)))]
            async fn update(
                State(app): State<App>,
                key: Scoped<needs::$Write>,
                Path(id): Path<String>,
                Body(patch): Body<$Patch>,
            ) -> Result<Data<$Noun>> {
                let id: Id<kind::$Noun> = id.parse()?;
                let write = app.store.write(&key.scope, move |tx| {
                    let mut details = record::find(tx, &id)?.details;
                    $(
                        if let Some(value) = &patch.$field {
                            details.insert(stringify!($field).to_owned(), serde_json::to_value(value)?);
                        }
                    )*
                    ($check)(tx, &mut details)?;
                    record::update(tx, &id, patch.name.as_deref(), &details)
                });
                Ok(Data(write.await?.try_into()?))
            }

            #[utoipa::path(delete, path = $one, operation_id = $delete_id, summary = concat!("Delete a ", $one_word), tag = $tag,
                params(("id" = String, Path, description = "Its id")),
                responses((status = 204, description = "Deleted")))]
            async fn delete(
                State(app): State<App>,
                key: Scoped<needs::$Write>,
                Path(id): Path<String>,
            ) -> Result<StatusCode> {
                let id: Id<kind::$Noun> = id.parse()?;
                app.store.write(&key.scope, move |tx| record::delete(tx, &id)).await?;
                Ok(StatusCode::NO_CONTENT)
            }

            pub fn router() -> OpenApiRouter<App> {
                OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(find, update, delete))
            }
        }
    };
}

pub(crate) use noun;
