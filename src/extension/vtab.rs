//! The only virtual-table plumbing: a [`Table`] says its columns and opens its [`Rows`]; panics and
//! errors become text here, before they reach SQLite.
#![allow(unsafe_code, reason = "SQLite's virtual tables are a C interface; nowhere else but in entry.rs")]

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_int};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::vtab::{
    Context, Filters, IndexConstraintOp, IndexInfo, Module, VTab, VTabConfig, VTabConnection, VTabCursor,
};
use rusqlite::{Connection, Result, ToSql, ffi};

use super::args::{text_of, wrong_type};
use super::{Fault, Incoming};

/// A table function: its columns, its arguments, and how a call of it opens.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    pub arguments: &'static [Argument],
    pub open: fn(&Call<'_>) -> Result<Box<dyn Rows>, Fault>,
}

pub struct Argument {
    pub name: &'static str,
    pub required: bool,
}

impl Table {
    fn wrong_count(&self, found: usize, lacks: bool) -> Fault {
        let names: Vec<_> = self.arguments.iter().map(|argument| argument.name).collect();
        let (name, list, expected) = (self.name, names.join(", "), names.len());
        if lacks {
            return Fault::argument(format!("{name}({list}) lacks arguments, found {found}"));
        }
        let s = if expected == 1 { "" } else { "s" };
        Fault::argument(format!("{name}({list}) expects {expected} argument{s}, found {found}"))
    }
}

/// The rows of one call, one after the other.
pub trait Rows {
    /// Moves to the next row, first to the first; false behind the last.
    fn next(&mut self) -> Result<bool, Fault>;
    /// A column of the current row.
    fn cell(&self, column: usize) -> Cell<'_>;
}

/// One value of a row.
pub enum Cell<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
    Owned(String),
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Cell::Null, Cell::Text)
    }
}

/// What a table function is called with.
pub struct Call<'a> {
    function: &'static str,
    arguments: &'static [Argument],
    /// The database it is called in; tables are named with `main.`.
    pub db: Rc<Connection>,
    pub incoming: &'a Incoming,
    /// `None` where an optional argument is left out.
    values: Vec<Option<ValueRef<'a>>>,
}

impl<'a> Call<'a> {
    /// Text; NULL, other types and a missing one are `SEAT-S01`.
    pub fn text(&self, index: usize) -> Result<&'a str, Fault> {
        let value = self.value(index);
        text_of(value).ok_or_else(|| self.wrong(index, "text", value))
    }

    /// Text, or `None` for NULL and where it is left out.
    pub fn text_nullable(&self, index: usize) -> Result<Option<&'a str>, Fault> {
        if self.value(index) == ValueRef::Null { Ok(None) } else { self.text(index).map(Some) }
    }

    pub fn integer(&self, index: usize) -> Result<i64, Fault> {
        match self.value(index) {
            ValueRef::Integer(number) => Ok(number),
            value => Err(self.wrong(index, "an integer", value)),
        }
    }

    pub fn blob(&self, index: usize) -> Result<&'a [u8], Fault> {
        match self.value(index) {
            ValueRef::Blob(bytes) => Ok(bytes),
            value => Err(self.wrong(index, "a blob", value)),
        }
    }

    pub fn is_null(&self, index: usize) -> bool {
        self.value(index) == ValueRef::Null
    }

    fn value(&self, index: usize) -> ValueRef<'a> {
        self.values.get(index).copied().flatten().unwrap_or(ValueRef::Null)
    }

    fn wrong(&self, index: usize, expected: &str, value: ValueRef<'_>) -> Fault {
        wrong_type(self.function, self.arguments[index].name, expected, value.data_type())
    }
}

/// Registers one table function as an eponymous virtual table.
pub fn register(db: &Connection, table: &'static Table, incoming: &Incoming) -> Result<()> {
    const MODULE: &Module<'static, Function> = &Module::eponymous_only_module();
    db.create_module(table.name, MODULE, Some(Aux { table, incoming: incoming.clone() }))
}

struct Aux {
    table: &'static Table,
    incoming: Incoming,
}

#[repr(C)]
struct Function {
    base: ffi::sqlite3_vtab, // first, as SQLite demands
    db: *mut ffi::sqlite3,
    table: &'static Table,
    incoming: Incoming,
}

// SAFETY: repr(C) with the base first; the handle outlives the table, which SQLite destroys with the
// connection at the latest.
unsafe impl<'vtab> VTab<'vtab> for Function {
    type Aux = Aux;
    type Cursor = Cursor<'vtab>;

    fn connect(
        db: &mut VTabConnection,
        aux: Option<&Aux>,
        _module: &[u8],
        _database: &[u8],
        _name: &[u8],
        _args: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Self)> {
        guarded(|| {
            let aux = aux.ok_or_else(|| Fault::argument("a table function without its table"))?;
            db.config(VTabConfig::Innocuous)?;
            let columns = aux.table.columns.iter().map(|name| format!("\"{name}\""));
            let hidden =
                aux.table.arguments.iter().map(|argument| format!("\"{}\" HIDDEN", hidden_name(argument)));
            let columns: Vec<_> = columns.chain(hidden).chain([format!("\"{TOO_MANY}\" HIDDEN")]).collect();
            let sql = format!("CREATE TABLE x({})", columns.join(", "));
            let sql = CString::new(sql).map_err(rusqlite::Error::from)?;
            // SAFETY: only kept to be used while SQLite calls this table.
            let handle = unsafe { db.handle() };
            let base = ffi::sqlite3_vtab::default();
            Ok((Cow::Owned(sql), Self { base, db: handle, table: aux.table, incoming: aux.incoming.clone() }))
        })
    }

    fn best_index(&self, info: &mut IndexInfo) -> Result<bool> {
        guarded(|| {
            let first = self.table.columns.len();
            let mut given = 0;
            let mut unusable = false;
            let mut position = 0;
            // One bit an argument; values arrive in the order of the arguments, then the one too many.
            for argument in 0..=self.table.arguments.len() {
                for (constraint, mut usage) in info.constraints_and_usages() {
                    if constraint.column() as usize != first + argument
                        || constraint.operator() != IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_EQ
                        || given & (1 << argument) != 0
                    {
                        continue;
                    }
                    if constraint.is_usable() {
                        position += 1;
                        usage.set_argv_index(position);
                        usage.set_omit(true); // SQLite's own check would drop rows for a NULL
                        given |= 1 << argument;
                    } else {
                        unusable = true;
                    }
                }
            }
            info.set_idx_num(given);
            info.set_estimated_cost(1e5);
            info.set_estimated_rows(1000);
            Ok(!unusable)
        })
    }

    fn open(&'vtab mut self) -> Result<Cursor<'vtab>> {
        guarded(|| {
            let base = ffi::sqlite3_vtab_cursor::default();
            // SAFETY: a view of the connection that does not own it; the cursor ends before it.
            let db = Rc::new(unsafe { Connection::from_handle(self.db)? });
            let (table, incoming) = (self.table, &self.incoming);
            Ok(Cursor { base, rows: None, db, table, incoming, row: 0, eof: true, phantom: PhantomData })
        })
    }
}

/// The hidden column behind the arguments: one argument too many is an error of ours. Two are one of
/// SQLite's, `too many arguments on …`.
const TOO_MANY: &str = "arg_too_many";

/// Hidden columns share a namespace with the visible ones: `seat_payload` has a `period` of its own.
fn hidden_name(argument: &Argument) -> String {
    format!("arg_{}", argument.name)
}

#[repr(C)]
struct Cursor<'vtab> {
    base: ffi::sqlite3_vtab_cursor, // first, as SQLite demands
    rows: Option<Box<dyn Rows>>,
    db: Rc<Connection>,
    table: &'static Table,
    incoming: &'vtab Incoming,
    row: i64,
    eof: bool,
    phantom: PhantomData<&'vtab Function>,
}

impl Cursor<'_> {
    fn step(&mut self) -> Result<(), Fault> {
        self.row += 1;
        self.eof = match self.rows.as_mut() {
            Some(rows) => !rows.next()?,
            None => true,
        };
        Ok(())
    }
}

// SAFETY: repr(C) with the base first.
unsafe impl VTabCursor for Cursor<'_> {
    fn filter(&mut self, given: c_int, _: Option<&str>, filters: &Filters<'_>) -> Result<()> {
        guarded(|| {
            let mut arguments = filters.iter();
            let values: Vec<_> = (0..self.table.arguments.len())
                .map(|index| if given & (1 << index) == 0 { None } else { arguments.next() })
                .collect();
            let missing =
                |(argument, value): (&Argument, &Option<ValueRef<'_>>)| argument.required && value.is_none();
            let lacks = self.table.arguments.iter().zip(&values).any(missing);
            if lacks || arguments.next().is_some() {
                return Err(self.table.wrong_count(filters.len(), lacks));
            }
            self.rows = None;
            self.row = 0;
            let call = Call {
                function: self.table.name,
                arguments: self.table.arguments,
                db: self.db.clone(),
                incoming: self.incoming,
                values,
            };
            self.rows = Some((self.table.open)(&call)?);
            self.step()
        })
    }

    fn next(&mut self) -> Result<()> {
        guarded(|| self.step())
    }

    fn eof(&self) -> bool {
        self.eof
    }

    fn column(&self, context: &mut Context, column: c_int) -> Result<()> {
        guarded(|| {
            let cell = match (&self.rows, usize::try_from(column)) {
                (Some(rows), Ok(column)) if column < self.table.columns.len() => rows.cell(column),
                _ => Cell::Null,
            };
            Ok(context.set_result(&cell)?)
        })
    }

    fn rowid(&self) -> Result<i64> {
        Ok(self.row)
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Null => ToSqlOutput::Owned(Value::Null),
            Cell::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Owned(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

/// rusqlite catches panics in scalars only: one that left here would abort the host.
fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Fault::panicked(panic.as_ref())))
        .map_err(Fault::into_sqlite)
}
