/**
 * What the PostgreSQL remote makes in the database: numbered, each step once, under a lock so that collectors that start
 * at the same time do not meet.
 *
 * @module
 */

/** One step; `{schema}` stands for the name of the schema. */
export interface PostgresMigration {
  readonly version: number;
  readonly sql: string;
}

/** All steps, in their order. A step that has been released is never changed. */
export const POSTGRES_MIGRATIONS: readonly PostgresMigration[] = [
  {
    version: 1,
    sql: `
create table {schema}.events (
  id uuid primary key,
  revision bigint not null,
  type text not null,
  "timestamp" timestamptz not null,
  agent text not null,
  agent_version text,
  session_id text not null,
  parent_session_id text,
  workspace text,
  workspace_hash text,
  repository text,
  branch text,
  model text,
  input_tokens bigint,
  output_tokens bigint,
  cache_read_tokens bigint,
  cache_write_tokens bigint,
  reasoning_tokens bigint,
  duration_ms bigint,
  cost_usd double precision,
  data jsonb not null,
  superseded boolean not null,
  truncated jsonb,
  machine_id uuid not null,
  received_at timestamptz not null default now()
);
create index events_timestamp on {schema}.events ("timestamp");
create index events_session on {schema}.events (agent, session_id, "timestamp");
comment on table {schema}.events is 'One row for each event of a coding agent; the highest revision of it.';

create view {schema}.sessions as
select agent, session_id,
  min("timestamp") as started_at,
  max("timestamp") as ended_at,
  min(workspace) as workspace,
  min(repository) as repository,
  count(*) filter (where type = 'llm_request') as prompts,
  count(*) filter (where type = 'llm_response') as responses,
  count(*) filter (where type in ('tool_use', 'file_read', 'file_write', 'file_modify', 'command_execution'))
    as tool_calls,
  sum(input_tokens) as input_tokens,
  sum(output_tokens) as output_tokens,
  sum(cost_usd) as cost_usd
from {schema}.events where not superseded group by agent, session_id;

create view {schema}.tokens_per_day as
select ("timestamp" at time zone 'UTC')::date as day, agent, model, workspace,
  sum(input_tokens) as input_tokens,
  sum(output_tokens) as output_tokens,
  sum(cache_read_tokens) as cache_read_tokens,
  sum(cache_write_tokens) as cache_write_tokens,
  sum(cost_usd) as cost_usd
from {schema}.events where not superseded and output_tokens is not null group by 1, 2, 3, 4;

create view {schema}.tool_calls as
select id, "timestamp", agent, session_id, workspace, type,
  data ->> 'tool' as tool,
  coalesce((data ->> 'isError')::boolean, false) as is_error,
  duration_ms
from {schema}.events
where not superseded
  and type in ('tool_use', 'file_read', 'file_write', 'file_modify', 'command_execution');
`,
  },
];

/** The version that this program makes. */
export const POSTGRES_VERSION = POSTGRES_MIGRATIONS.at(-1)!.version;

/**
 * Takes the events of a JSON array, the latest revision of each. In the order of their ids, so that two that take the same
 * ones wait for each other and do not block each other for ever.
 */
export const UPSERT = `
insert into {schema}.events (
  id, revision, type, "timestamp", agent, agent_version, session_id, parent_session_id, workspace, workspace_hash,
  repository, branch, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
  duration_ms, cost_usd, data, superseded, truncated, machine_id)
select distinct on (e.id)
  e.id, e.revision, e.type, to_timestamp(e."timestamp" / 1000.0), e.agent, e."agentVersion", e."sessionId",
  e."parentSessionId", e.workspace, e."workspaceHash", e.repository, e.branch, e.model,
  (e.metrics ->> 'inputTokens')::bigint, (e.metrics ->> 'outputTokens')::bigint,
  (e.metrics ->> 'cacheReadTokens')::bigint, (e.metrics ->> 'cacheWriteTokens')::bigint,
  (e.metrics ->> 'reasoningTokens')::bigint, (e.metrics ->> 'durationMs')::bigint,
  (e.metrics ->> 'costUsd')::double precision, e.data, coalesce(e.superseded, false), e.truncated, e."machineId"
from jsonb_to_recordset($1::text::jsonb) as e(
  id uuid, revision bigint, type text, "timestamp" numeric, agent text, "agentVersion" text, "sessionId" text,
  "parentSessionId" text, workspace text, "workspaceHash" text, repository text, branch text, model text, metrics jsonb,
  data jsonb, superseded boolean, truncated jsonb, "machineId" uuid)
order by e.id, e.revision desc
on conflict (id) do update set
  revision = excluded.revision, type = excluded.type, "timestamp" = excluded."timestamp", agent = excluded.agent,
  agent_version = excluded.agent_version, session_id = excluded.session_id,
  parent_session_id = excluded.parent_session_id, workspace = excluded.workspace,
  workspace_hash = excluded.workspace_hash, repository = excluded.repository, branch = excluded.branch,
  model = excluded.model, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
  cache_read_tokens = excluded.cache_read_tokens, cache_write_tokens = excluded.cache_write_tokens,
  reasoning_tokens = excluded.reasoning_tokens, duration_ms = excluded.duration_ms, cost_usd = excluded.cost_usd,
  data = excluded.data, superseded = excluded.superseded, truncated = excluded.truncated,
  machine_id = excluded.machine_id, received_at = now()
where excluded.revision > events.revision`;
