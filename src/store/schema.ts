/**
 * The tables of the store and how they came to be: numbered migrations, applied in order in one transaction.
 *
 * @module
 */

/** Marks the file as ours (`PRAGMA application_id`): "DvLg". */
export const APPLICATION_ID = 0x4476_4c67;

/** One step from a schema version to the next. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/**
 * All migrations; the last one's version is the schema this program works with. A released one is never changed.
 *
 * - `events` has one row an event. `seq` is the order of export: a row that changes moves to a new one. `records` is how
 *   many records made the state, `revision` how often it changed in all; only the second never falls. Names (`agent`,
 *   `session`, …) are numbers of `names`, 0 for none; `flags` are those of `batch.ts`.
 * - `copies` says what other sources hold of the same event; `body` only where it differs from the row.
 * - `sources.last_event_at` is when a reading last brought an event, `quiet_bytes` how much was read since.
 * - `remotes` has one row a destination, which is its name, type and target: every event up to `cursor` has been decided
 *   about. `epoch` goes up each time all must be sent anew because more of them may leave. `held_routes` says what its
 *   filter kept back, and from where on; `deferred` what is not settled yet, or is to be sent again; `batches` what is
 *   frozen and not acknowledged; `dead_letters` what the remote will not have.
 * - `rereads` holds, while a source is read again from its start, which of its events were met and what changed.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
create table meta (
  key text primary key,
  value text not null
) strict, without rowid;

create table counters (
  one integer primary key check (one = 1),
  seq integer not null,
  events integer not null,
  unread_bytes integer not null
) strict;
insert into counters values (1, 0, 0, 0);

create table names (
  id integer primary key,
  text text not null unique
) strict;

create table sources (
  id integer primary key,
  agent text not null,
  root text not null,
  twin text not null,
  path text not null,
  relative_path text not null,
  format text not null,
  rank integer not null,
  device real not null,
  inode real not null,
  birth integer,
  size integer not null,
  mtime integer not null,
  ctime integer,
  read_at integer not null default 0,
  byte_offset integer not null default 0,
  head_length integer not null default 0,
  head_hash integer not null default 0,
  tail_hash integer not null default 0,
  parser_state any,
  adapter_version integer not null,
  rereading integer not null default 0,
  collected_from integer not null default 0,
  collected_filter text not null default '',
  left_out integer not null default 0,
  last_synced_at integer,
  last_event_id blob,
  events integer not null default 0,
  unread integer not null default 0,
  attempts integer not null default 0,
  status text not null default 'pending',
  error text,
  next_try integer,
  gone integer not null default 0,
  unique (agent, root, twin)
) strict;

create table source_sessions (
  source integer not null,
  session integer not null,
  primary key (source, session)
) strict, without rowid;

create table events (
  seq integer primary key,
  id blob not null unique,
  revision integer not null,
  records integer not null,
  type integer not null,
  timestamp integer not null,
  flags integer not null,
  hash integer not null,
  agent integer not null,
  agent_version integer not null,
  session integer not null,
  parent_session integer not null,
  workspace integer not null,
  repository integer not null,
  branch integer not null,
  model integer not null,
  input_tokens integer,
  output_tokens integer,
  cache_read_tokens integer,
  cache_write_tokens integer,
  reasoning_tokens integer,
  duration_ms integer,
  cost_usd real,
  source integer not null,
  position integer not null,
  data blob not null
) strict;
create index events_by_session on events (session, timestamp);
create index events_by_time on events (timestamp);

create table copies (
  event blob not null,
  source integer not null,
  session integer not null,
  position integer not null,
  revision integer not null,
  records integer not null,
  flags integer not null,
  hash integer not null,
  body blob,
  primary key (event, source)
) strict, without rowid;
create index copies_by_source on copies (source);

create table rereads (
  source integer not null,
  event blob not null,
  position integer not null,
  revision integer not null,
  records integer not null,
  flags integer not null,
  hash integer not null,
  body blob,
  primary key (source, event)
) strict, without rowid;

create table unread_records (
  id integer primary key,
  source integer not null,
  position integer not null,
  length integer not null,
  reason text not null,
  adapter_version integer not null,
  bytes blob not null,
  unique (source, position)
) strict;

create table problems (
  key text primary key,
  message text not null,
  hint text not null,
  since integer not null
) strict, without rowid;

create table requests (
  id integer primary key,
  kind text not null,
  arguments text not null,
  created_at integer not null,
  state text not null default 'new',
  answer text
) strict;
`,
  },
  {
    version: 2,
    sql: `
alter table sources add column last_event_at integer;
alter table sources add column quiet_bytes integer not null default 0;

create table remotes (
  id integer primary key,
  name text not null,
  type text not null,
  target text not null,
  cursor integer not null default 0,
  content text not null default '',
  epoch integer not null default 0,
  delivered integer not null default 0,
  delivered_bytes integer not null default 0,
  rejected integer not null default 0,
  last_delivered_at integer,
  rate_from integer,
  rate_events integer not null default 0,
  caught_up_at integer,
  failures integer not null default 0,
  last_error text,
  last_error_at integer,
  next_try integer,
  state text not null default 'open',
  unique (name, type, target)
) strict;

create table held_routes (
  remote integer not null,
  agent integer not null,
  workspace integer not null,
  type integer not null,
  cursor integer not null,
  primary key (remote, agent, workspace, type)
) strict, without rowid;

create table deferred (
  remote integer not null,
  event blob not null,
  due_at integer not null,
  primary key (remote, event)
) strict, without rowid;

create table batches (
  id integer primary key,
  remote integer not null,
  key text not null,
  members blob not null,
  headers text not null,
  body blob not null,
  tries integer not null default 0,
  created_at integer not null
) strict;

create table dead_letters (
  remote integer not null,
  event blob not null,
  revision integer not null,
  status integer,
  answer text not null,
  first_at integer not null,
  last_at integer not null,
  tries integer not null,
  primary key (remote, event)
) strict, without rowid;
`,
  },
];

/** The schema version this program works with. */
export const SCHEMA_VERSION: number = MIGRATIONS.at(-1)!.version;
