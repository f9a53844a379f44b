//! Where the two engines differ, and how a statement is written so that they do not.

use super::{block_on, databases, put, scope};
use crate::{Error, Result, Scope, Sql, Store, Tx, Value};

/// Runs `operation` on each engine there is, on notes that all begin alike.
fn on_each(operation: impl Fn(&mut Tx<'_>) -> Result<()> + Clone + Send + 'static) {
    for database in databases() {
        let store = database.open();
        fill(&store);
        let operation = operation.clone();
        let ran = store.write(&scope(), move |tx| operation(tx));
        block_on(ran)
            .unwrap_or_else(|error| panic!("PostgreSQL: {}: {error:?}", database.is_postgres()));
    }
}

/// Names in many ways of writing, and amounts of which one is missing.
const NOTES: [(i64, &str, Option<i64>); 6] = [
    (1, "beta", Some(4_000_000_000)),
    (2, "Alpha", None),
    (3, "alpha", Some(-7)),
    (4, "Émile", Some(2)),
    (5, "100% sure", Some(2)),
    (6, "1000 sure", Some(0)),
];

fn fill(store: &Store) {
    let fill = store.write(&scope(), |tx| {
        for (id, name, amount) in NOTES {
            let sql = "insert into note (workspace, id, name, amount) values (?1, ?2, ?3, ?4)";
            tx.run(sql, &[id.into(), name.into(), amount.into()])?;
        }
        Ok::<_, Error>(())
    });
    block_on(fill).unwrap();
}

fn ints(tx: &mut Tx<'_>, sql: &'static str, values: &[Value]) -> Result<Vec<i64>> {
    tx.all(sql, values, |row| row.get(0))
}

fn int(tx: &mut Tx<'_>, sql: &'static str, values: &[Value]) -> Result<Option<i64>> {
    tx.first(sql, values, |row| row.get(0))
}

#[test]
fn trap_parameters_go_by_their_number_not_by_their_order() {
    on_each(|tx| {
        let sql = "select cast(?3 as text), cast(?2 as text), cast(?3 as text), ?1 as workspace";
        let row = tx.first(sql, &["two".into(), "three".into()], |row| {
            (0..4).map(|column| row.get::<String>(column)).collect::<Result<Vec<_>>>()
        })?;
        assert_eq!(row.unwrap(), ["three", "two", "three", "ws_1"]);
        Ok(())
    });
}

#[test]
fn trap_a_statement_that_is_put_together_numbers_its_parameters_too() {
    on_each(|tx| {
        let mut sql = Sql::new("select id from note where workspace = ?1");
        sql.with(" and amount = ", 2).with(" and id > ", 3).push(" order by id limit ").bind(1);
        let found: Vec<i64> = tx.select(&sql, |row| row.get(0))?;
        assert_eq!(found, [4]);
        // More than nine: the tenth must not be taken for the first and a zero.
        let mut sql = Sql::new("select id from note where workspace = ?1 and id in (");
        for id in 1..=11 {
            sql.bind(id).push(", ");
        }
        sql.bind(12).push(") order by id");
        let found: Vec<i64> = tx.select(&sql, |row| row.get(0))?;
        assert_eq!(found, [1, 2, 3, 4, 5, 6]);
        Ok(())
    });
}

#[test]
fn trap_a_sum_is_cast_to_a_bigint() {
    on_each(|tx| {
        let sql = "select cast(coalesce(sum(amount), 0) as bigint) from note where workspace = ?1";
        assert_eq!(int(tx, sql, &[])?, Some(3_999_999_997));
        let none = "select cast(coalesce(sum(amount), 0) as bigint) from note
                    where workspace = ?1 and id > 100";
        assert_eq!(int(tx, none, &[])?, Some(0));
        Ok(())
    });
}

/// What the cast is for: a sum is `numeric` there, which no column of ours can be.
#[test]
fn trap_a_sum_that_is_not_cast_fails_on_one_engine() {
    for database in databases() {
        let store = database.open();
        fill(&store);
        let sum = store.write(&scope(), |tx| {
            int(tx, "select sum(amount) from note where workspace = ?1", &[])
        });
        assert_eq!(block_on(sum).is_err(), database.is_postgres());
    }
}

#[test]
fn trap_a_parameter_that_may_be_null_is_cast() {
    on_each(|tx| {
        let sql = "select id from note where workspace = ?1
                   and (cast(?2 as text) is null or name = ?2)
                   and (cast(?3 as bigint) is null or amount = ?3) order by id";
        assert_eq!(ints(tx, sql, &[Value::Null, Value::Null])?, [1, 2, 3, 4, 5, 6]);
        assert_eq!(ints(tx, sql, &["beta".into(), Value::Null])?, [1]);
        assert_eq!(ints(tx, sql, &[Value::Null, 2.into()])?, [4, 5]);
        Ok(())
    });
}

#[test]
fn trap_a_number_beside_a_small_literal_may_be_large_if_it_is_cast() {
    on_each(|tx| {
        // Beside the literal, PostgreSQL takes an uncast parameter for four bytes.
        let small = "select coalesce(?2, 0) from note where workspace = ?1 limit 1";
        assert_eq!(int(tx, small, &[7.into()])?, Some(7));
        let large = "select coalesce(cast(?2 as bigint), 0) from note where workspace = ?1 limit 1";
        assert_eq!(int(tx, large, &[5_000_000_000.into()])?, Some(5_000_000_000));
        assert_eq!(int(tx, "select 1 from note where workspace = ?1 limit 1", &[])?, Some(1));
        let sql = "select case when amount > 1 then 1 else 0 end from note
                   where workspace = ?1 and amount is not null order by id";
        assert_eq!(ints(tx, sql, &[])?, [1, 0, 1, 1, 0]);
        Ok(())
    });
}

#[test]
fn trap_the_constraint_is_asked_and_a_clash_is_no_error() {
    on_each(|tx| {
        assert!(!put(tx, 1, "again")?);
        // An error would have ended the operation on PostgreSQL.
        assert!(put(tx, 7, "new")?);
        let sql = "insert into note (workspace, id, name) values (?1, ?2, 'put')
                   on conflict (workspace, id) do update set name = excluded.name,
                   amount = coalesce(note.amount, 0) + 1 returning amount";
        assert_eq!(int(tx, sql, &[3.into()])?, Some(-6));
        Ok(())
    });
}

#[test]
fn trap_after_a_failed_statement_the_next_operation_begins_afresh() {
    for database in databases() {
        let store = database.open();
        fill(&store);
        block_on(async {
            let clash = store.write(&scope(), |tx| {
                tx.run("update note set amount = 99 where workspace = ?1", &[])?;
                tx.run("insert into note (workspace, id) values (?1, 1)", &[])
            });
            let next = store.write(&scope(), |tx| {
                int(tx, "select count(*) from note where workspace = ?1 and amount = 99", &[])
            });
            assert!(matches!(clash.await, Err(Error::Internal(_))));
            assert_eq!(next.await.unwrap(), Some(0), "the operation was not undone whole");
        });
    }
}

#[test]
fn trap_insert_from_a_select_says_where_true() {
    on_each(|tx| {
        let sql = "insert into note (workspace, id, name)
                   select workspace, id + 5, name from note where workspace = ?1 and true
                   on conflict (workspace, id) do nothing returning id";
        let mut added = ints(tx, sql, &[])?;
        added.sort_unstable();
        assert_eq!(added, [7, 8, 9, 10, 11]);
        let sql = "insert into tally (workspace, count) select ?1, n from
                   (select count(*) as n from note where workspace = ?1) as counted where true
                   on conflict (workspace) do update set count = excluded.count returning count";
        assert_eq!(int(tx, sql, &[])?, Some(11));
        Ok(())
    });
}

#[test]
fn trap_where_nulls_come_is_said() {
    on_each(|tx| {
        let last = "select id from note where workspace = ?1 order by amount nulls last, id";
        assert_eq!(ints(tx, last, &[])?, [3, 6, 4, 5, 1, 2]);
        let last = "select id from note where workspace = ?1 order by amount desc nulls last, id";
        assert_eq!(ints(tx, last, &[])?, [1, 4, 5, 6, 3, 2]);
        let first = "select id from note where workspace = ?1 order by amount nulls first, id";
        assert_eq!(ints(tx, first, &[])?, [2, 3, 6, 4, 5, 1]);
        Ok(())
    });
}

#[test]
fn trap_texts_sort_by_their_bytes() {
    on_each(|tx| {
        let sql = "select id from note where workspace = ?1 order by name";
        assert_eq!(ints(tx, sql, &[])?, [5, 6, 2, 3, 1, 4]);
        let sql = "select id from note where workspace = ?1 and name > ?2 order by name";
        assert_eq!(ints(tx, sql, &["a".into()])?, [3, 1, 4]);
        Ok(())
    });
}

#[test]
fn trap_like_is_asked_of_what_was_folded_and_says_how_it_escapes() {
    on_each(|tx| {
        // Capitals count on one engine only, so a pattern never meets any.
        let sql =
            "select id from note where workspace = ?1 and name like ?2 escape '!' order by id";
        assert_eq!(ints(tx, sql, &["100!% %".into()])?, [5]);
        assert_eq!(ints(tx, sql, &["100% %".into()])?, [5, 6]);
        // The default escape of one engine is a letter like any other on both.
        tx.run("update note set name = 'a\\b' where workspace = ?1 and id = 1", &[])?;
        assert_eq!(ints(tx, sql, &["a\\_".into()])?, [1]);
        Ok(())
    });
}

#[test]
fn trap_capitals_are_folded_before_an_engine_sees_them() {
    on_each(|tx| {
        // `lower` of one engine knows the English letters alone.
        let folded = "Émile".to_lowercase();
        tx.run("update note set name = ?2 where workspace = ?1 and id = 4", &[(&folded).into()])?;
        let sql = "select id from note where workspace = ?1 and name = ?2";
        assert_eq!(ints(tx, sql, &[(&"ÉMILE".to_lowercase()).into()])?, [4]);
        Ok(())
    });
}

#[test]
fn trap_what_goes_by_another_table_is_deleted_by_a_subselect() {
    on_each(|tx| {
        tx.run("insert into tally (workspace, count) values (?1, 2)", &[])?;
        let sql = "delete from note where workspace = ?1 and amount in
                   (select count from tally where workspace = ?1) returning id";
        let mut gone = ints(tx, sql, &[])?;
        gone.sort_unstable();
        assert_eq!(gone, [4, 5]);
        Ok(())
    });
}

#[test]
fn trap_a_bounded_delete_names_its_rows_in_order() {
    on_each(|tx| {
        // Neither engine as it comes has a limit on a delete.
        let sql = "delete from note where workspace = ?1 and id in
                   (select id from note where workspace = ?1 order by id limit ?2) returning id";
        let mut gone = ints(tx, sql, &[2.into()])?;
        gone.sort_unstable();
        assert_eq!(gone, [1, 2]);
        Ok(())
    });
}

#[test]
fn trap_a_condition_is_a_number_when_it_is_an_answer() {
    on_each(|tx| {
        // One engine has booleans, and the other numbers.
        let sql = "select case when exists
                   (select 1 from note where workspace = ?1 and id = ?2) then 1 else 0 end";
        assert_eq!(int(tx, sql, &[1.into()])?, Some(1));
        assert_eq!(int(tx, sql, &[100.into()])?, Some(0));
        Ok(())
    });
}

#[test]
fn trap_arithmetic_of_whole_numbers_cuts_towards_zero() {
    on_each(|tx| {
        let sql = "select amount / 2 from note where workspace = ?1 and id = 3";
        assert_eq!(int(tx, sql, &[])?, Some(-3));
        let sql = "select amount % 4 from note where workspace = ?1 and id = 3";
        assert_eq!(int(tx, sql, &[])?, Some(-3));
        Ok(())
    });
}

#[test]
fn trap_a_number_that_is_too_large_is_refused_by_both() {
    for database in databases() {
        let store = database.open();
        fill(&store);
        let add = store.write(&scope(), |tx| {
            let sql = "update note set amount = ?2 where workspace = ?1 and id = 1";
            tx.run(sql, &[i64::MAX.into()])?;
            let sql = "select amount + 1 from note where workspace = ?1 and id = 1";
            int(tx, sql, &[])
        });
        // SQLite makes a real of it, which no column of ours can be.
        assert!(block_on(add).is_err());
    }
}

#[test]
fn trap_texts_are_joined_and_measured_alike() {
    on_each(|tx| {
        let sql = "select name || ?2 from note where workspace = ?1 and id = 4";
        let joined = tx.first(sql, &["!".into()], |row| row.get::<String>(0))?;
        assert_eq!(joined.as_deref(), Some("Émile!"));
        let sql = "select length(name), length(substr(name, 1, 2)) from note
                   where workspace = ?1 and id = 4";
        let lengths =
            tx.first(sql, &[], |row| Ok::<_, Error>((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
        assert_eq!(lengths, Some((5, 2)), "letters, not bytes");
        let sql = "select name || cast(?2 as text) from note where workspace = ?1 and id = 4";
        let nothing = tx.first(sql, &[Value::Null], |row| row.get::<Option<String>>(0))?;
        assert_eq!(nothing, Some(None));
        Ok(())
    });
}

#[test]
fn trap_an_equal_name_of_two_tables_is_said_with_its_table() {
    on_each(|tx| {
        tx.run("insert into tally (workspace, count) values (?1, 1)", &[])?;
        let sql = "insert into tally (workspace, count) values (?1, 5)
                   on conflict (workspace) do update set count = tally.count + excluded.count
                   returning count";
        assert_eq!(int(tx, sql, &[])?, Some(6));
        Ok(())
    });
}

/// Numbers that the engine itself hands out are seen out of order there, and leave gaps.
#[test]
fn trap_numbers_come_from_a_counter_row_so_that_they_leave_no_gap() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            let mut numbers = Vec::new();
            for round in 0..20 {
                let next = store.write(&Scope::new("ws_1"), move |tx| {
                    let sql = "insert into tally (workspace, count) values (?1, 1)
                               on conflict (workspace) do update set count = tally.count + 1
                               returning count";
                    let number = int(tx, sql, &[])?;
                    if round % 3 == 0 { Err(Error::internal("as asked")) } else { Ok(number) }
                });
                numbers.extend(next.await.ok().flatten());
            }
            assert_eq!(numbers, (1..=13).collect::<Vec<_>>());
        });
    }
}
