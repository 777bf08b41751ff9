/**
 * The half of the set that was written after the rules.
 *
 * @module
 */

import { plainSamples, providerSamples, type Sample } from "./secrets.ts";

const PROVIDERS = {
  "anthropic-admin": "sk-ant-admin01-{b93}AA",
  "openai-service": "sk-svcacct-{b58}T3BlbkFJ{b58}",
  perplexity: "pplx-{a48}",
  "supabase-secret": "sb_secret_{b31}",
  "github-app": "ghs_{a36}",
  "github-oauth": "gho_{a36}",
  "gitlab-runner": "glrt-{b20}",
  "aws-session-id": "ASIA{A16}",
  "stripe-restricted": "rk_live_{a40}",
  "slack-user": "xoxp-{d12}-{d12}-{d12}-{a30}",
  "slack-webhook": "https://hooks.slack.com/services/T{u8}/B{u10}/{a24}",
  telegram: "{d10}:AA{b33}",
  shopify: "shpat_{h32}",
  databricks: "dapi{h32}",
  "grafana-service": "glsa_{a32}_{h8}",
  notion: "ntn_{d11}{a35}",
  postman: "PMAK-{h24}-{h34}",
  planetscale: "pscale_tkn_{b43}",
  pulumi: "pul-{h40}",
  rubygems: "rubygems_{h48}",
  tailscale: "tskey-auth-{a12}-{a32}",
  vault: "hvs.{b95}",
  "jwt-three-parts": "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJ{b120}.{b86}",
  nvidia: "nvapi-{b64}",
} as const;

const FORMS = [
  {
    kind: "env with export and comment",
    secret: "{a40}",
    data: (s: string) => ({ output: `# prod\nexport MAILER_TOKEN='${s}' # do not share\n` }),
  },
  {
    kind: "docker -e",
    secret: "{a21}",
    data: (s: string) => ({ command: `docker run -e MYSQL_ROOT_PASSWORD=${s} -p 3306:3306 mysql` }),
  },
  {
    kind: "compose",
    secret: "{a18}",
    data: (s: string) => ({
      content: `services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: "${s}"\n`,
    }),
  },
  { kind: "TOML", secret: "{a36}", data: (s: string) => ({ content: `[service]\nsecret_key = "${s}"\n` }) },
  {
    kind: "INI",
    secret: "{a14}9",
    data: (s: string) => ({ content: `[client]\nuser=root\npassword=${s}\n` }),
  },
  {
    kind: "Java properties",
    secret: "{a20}",
    data: (s: string) => ({ content: `spring.datasource.password=${s}\n` }),
  },
  {
    kind: "Python dict",
    secret: "{a26}",
    data: (s: string) => ({ patch: `config = {'api_key': '${s}', 'debug': True}` }),
  },
  {
    kind: "JavaScript object",
    secret: "{a26}",
    data: (s: string) => ({ content: `const client = new Client({ apiKey: "${s}", retries: 2 });` }),
  },
  {
    kind: "Go literal",
    secret: "{a30}",
    data: (s: string) => ({ content: `cfg := Config{\n\tClientSecret: "${s}",\n}` }),
  },
  {
    kind: "TypeScript with a type",
    secret: "{a30}",
    data: (s: string) => ({ content: `const accessToken: string = "${s}";` }),
  },
  {
    kind: "nested property",
    secret: "{a22}",
    data: (s: string) => ({ result: { config: { smtp: { host: "x", password: s } } } }),
  },
  {
    kind: "JSON in arguments",
    secret: "{a28}",
    data: (s: string) => ({ arguments: { body: JSON.stringify({ user: "a", password: s }, null, 2) } }),
  },
  {
    kind: "escaped JSON in a command",
    secret: "{a28}",
    data: (s: string) => ({ command: `curl -d "{\\"api_key\\":\\"${s}\\"}" https://x.example` }),
  },
  {
    kind: "prose: token for",
    secret: "{a32}",
    data: (s: string) => ({ prompt: `The token for staging is ${s}.` }),
  },
  {
    kind: "prose: use password",
    secret: "{a10}$5x",
    data: (s: string) => ({ prompt: `Use user admin and password: ${s} to log in.` }),
  },
  {
    kind: "prose: api key",
    secret: "{a32}",
    data: (s: string) => ({ text: `Your API key is \`${s}\`. Keep it safe.` }),
  },
  {
    kind: "prose: German",
    secret: "{a11}!3",
    data: (s: string) => ({ prompt: `Das Passwort lautet ${s} und gilt bis Montag` }),
  },
  {
    kind: "redis URL",
    secret: "{a24}",
    data: (s: string) => ({ content: `REDIS_URL=redis://:${s}@cache.internal:6379/0` }),
  },
  {
    kind: "mongodb URL",
    secret: "{a16}",
    data: (s: string) => ({ output: `MongoServerError at mongodb+srv://svc:${s}@cluster0.example.net/app` }),
  },
  {
    kind: "amqp URL in JSON",
    secret: "{a16}",
    data: (s: string) => ({ result: JSON.stringify({ broker: `amqps://u:${s}@mq.example/v` }) }),
  },
  {
    kind: "header in JSON",
    secret: "{b44}",
    data: (s: string) => ({ arguments: { headers: { Authorization: `Bearer ${s}` } } }),
  },
  {
    kind: "header list",
    secret: "{a36}",
    data: (s: string) => ({ arguments: { argv: ["curl", "-H", `X-Auth-Token: ${s}`, "https://x.example"] } }),
  },
  {
    kind: "proxy header",
    secret: "{a31}=",
    data: (s: string) => ({ output: `Proxy-Authorization: Basic ${s}\r\n` }),
  },
  {
    kind: "long option split",
    secret: "{a24}",
    data: (s: string) => ({ arguments: ["az", "login", "--client-secret", s, "--tenant", "t"] }),
  },
  {
    kind: "option with equals and quotes",
    secret: "{a24}",
    data: (s: string) => ({ command: `helm install x --set auth.password="${s}"` }),
  },
  {
    kind: "user option",
    secret: "{a15}",
    data: (s: string) => ({ command: `wget --user=me:${s} https://x.example` }),
  },
  {
    kind: "AWS secret in shell",
    secret: "{s40}",
    data: (s: string) => ({ output: `AWS_SECRET_ACCESS_KEY=${s}\nAWS_REGION=eu-west-1` }),
  },
  {
    kind: "OpenSSH key",
    secret: "b3BlbnNzaC1rZXktdjEAAAAA{s70}",
    data: (s: string) => ({
      output: `-----BEGIN OPENSSH PRIVATE KEY-----\n${s}\n${s}\n-----END OPENSSH PRIVATE KEY-----`,
    }),
  },
  {
    kind: "cut PEM block",
    secret: "MIIEpAIBAAKCAQEA{s64}",
    data: (s: string) => ({ output: `-----BEGIN RSA PRIVATE KEY-----\n${s}\n${s}\n… (cut)` }),
  },
  {
    kind: "session cookie",
    secret: "{b64}",
    data: (s: string) => ({ arguments: { headers: ["accept: */*", `cookie: a=1; session_id=${s}`] } }),
  },
] as const;

/** The samples. */
export const SECOND_HALF: readonly Sample[] = [...providerSamples(PROVIDERS, 2), ...plainSamples(FORMS, 2)];
