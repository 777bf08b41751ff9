/**
 * The half of the set that was written before there was a rule.
 *
 * @module
 */

import { plainSamples, providerSamples, type Sample } from "./secrets.ts";

const PROVIDERS = {
  anthropic: "sk-ant-api03-{b93}AA",
  openai: "sk-proj-{b74}T3BlbkFJ{b74}",
  "openai-old": "sk-{a20}T3BlbkFJ{a20}",
  openrouter: "sk-or-v1-{h64}",
  xai: "xai-{a80}",
  replicate: "r8_{a37}",
  supabase: "sbp_{h40}",
  groq: "gsk_{a52}",
  huggingface: "hf_{a34}",
  google: "AIza{b35}",
  "github-classic": "ghp_{a36}",
  "github-fine": "github_pat_{a22}_{a59}",
  gitlab: "glpat-{b20}",
  "aws-key-id": "AKIA{A16}",
  npm: "npm_{a36}",
  pypi: "pypi-AgEIcHlwaS5vcmc{b70}",
  stripe: "sk_live_{a24}",
  "slack-bot": "xoxb-{d12}-{d12}-{a24}",
  sendgrid: "SG.{b22}.{b43}",
  digitalocean: "dop_v1_{h64}",
  jwt: "eyJhbGciOiJIUzI1NiIs{a12}.eyJzdWIiOiIxMjM0NTY3{a30}.{b43}",
  docker: "dckr_pat_{b27}",
  linear: "lin_api_{a40}",
} as const;

const FORMS = [
  {
    kind: "env file",
    secret: "{a24}",
    data: (s: string) => ({ content: `DEBUG=1\nDATABASE_PASSWORD=${s}\nPORT=80\n` }),
  },
  {
    kind: "export",
    secret: "{a32}",
    data: (s: string) => ({ command: `export SERVICE_API_KEY="${s}" && make` }),
  },
  { kind: "JSON key", secret: "{a28}", data: (s: string) => ({ result: { client_secret: s, name: "x" } }) },
  {
    kind: "YAML key",
    secret: "{a20}!",
    data: (s: string) => ({ content: `db:\n  user: app\n  password: ${s}\n` }),
  },
  {
    kind: "JSON in a string",
    secret: "{a30}",
    data: (s: string) => ({ result: JSON.stringify({ auth_token: s }) }),
  },
  {
    kind: "JSON in JSON in a string",
    secret: "{a30}",
    data: (s: string) => ({ result: JSON.stringify({ body: JSON.stringify({ access_token: s }) }) }),
  },
  {
    kind: "prose: password is",
    secret: "{a9}!7",
    data: (s: string) => ({ prompt: `the admin password is ${s} and the host is db1` }),
  },
  {
    kind: "prose: password colon",
    secret: "{a12}#1",
    data: (s: string) => ({ prompt: `Login: admin\nPassword: ${s}\n` }),
  },
  {
    kind: "prose: my token",
    secret: "{a26}",
    data: (s: string) => ({ prompt: `my token is "${s}", try again` }),
  },
  {
    kind: "URL password",
    secret: "{a14}",
    data: (s: string) => ({ output: `connecting to postgres://app:${s}@db.internal:5432/prod` }),
  },
  {
    kind: "URL password https",
    secret: "{a20}",
    data: (s: string) => ({ command: `git clone https://bot:${s}@git.example.com/a/b.git` }),
  },
  {
    kind: "Authorization header",
    secret: "{b40}",
    data: (s: string) => ({ output: `> GET / HTTP/1.1\n> Authorization: Bearer ${s}\n> Accept: */*` }),
  },
  {
    kind: "Basic header",
    secret: "{a27}=",
    data: (s: string) => ({ command: `curl -H 'Authorization: Basic ${s}' https://x.example` }),
  },
  {
    kind: "cookie header",
    secret: "{a40}",
    data: (s: string) => ({ output: `Cookie: session=${s}; theme=dark` }),
  },
  {
    kind: "Set-Cookie header",
    secret: "{a40}",
    data: (s: string) => ({ output: `Set-Cookie: sid=${s}; Path=/; HttpOnly` }),
  },
  {
    kind: "X-Api-Key header",
    secret: "{a32}",
    data: (s: string) => ({ command: `curl -H "x-api-key: ${s}" https://x.example` }),
  },
  {
    kind: "flag and value",
    secret: "{a18}",
    data: (s: string) => ({ command: `tool login --password ${s} --user me` }),
  },
  { kind: "flag=value", secret: "{a24}", data: (s: string) => ({ command: `tool --api-key=${s} run` }) },
  {
    kind: "split flag",
    secret: "{a22}",
    data: (s: string) => ({ arguments: { argv: ["login", "--token", s] } }),
  },
  {
    kind: "curl -u",
    secret: "{a16}",
    data: (s: string) => ({ command: `curl -u admin:${s} https://x.example/api` }),
  },
  {
    kind: "code constant",
    secret: "{a32}",
    data: (s: string) => ({ patch: `-const a = 1;\n+const API_KEY = "${s}";\n` }),
  },
  {
    kind: "AWS secret",
    secret: "{s40}",
    data: (s: string) => ({ content: `aws_access_key_id = X\naws_secret_access_key = ${s}\n` }),
  },
  {
    kind: "PEM block",
    secret: "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{s60}",
    data: (s: string) => ({
      content: `-----BEGIN PRIVATE KEY-----\n${s}\n${s}\n-----END PRIVATE KEY-----\n`,
    }),
  },
  {
    kind: "PEM block in JSON",
    secret: "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{s60}",
    data: (s: string) => ({
      result: JSON.stringify({
        key: `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----\n`,
      }),
    }),
  },
  {
    kind: "connection string",
    secret: "{s40}==",
    data: (s: string) => ({
      output: `Endpoint=sb://x.example/;SharedAccessKeyName=Root;SharedAccessKey=${s}`,
    }),
  },
] as const;

/** The samples. */
export const FIRST_HALF: readonly Sample[] = [...providerSamples(PROVIDERS, 1), ...plainSamples(FORMS, 1)];
