/**
 * Rules that the set of gitleaks misses, or that it has for files and not for what people and agents write: keys of AI
 * providers, passwords in URLs, headers, assignments, options, prose, blocks.
 *
 * The forms of keys are those that the providers document, or that their keys were seen to have.
 *
 * @module
 */

import type { Rule } from "./rule.ts";
import { isOrdinary, isPassword, isRandom } from "./values.ts";

/** Before a key no letter stands. */
const START = "(?<![A-Za-z0-9_+-])";
const END = "(?![A-Za-z0-9_])";

function key(name: string, prefix: string, rest: string): Rule {
  return {
    name,
    pattern: new RegExp(`${START}${prefix}${rest}${END}`, "g"),
    keywords: [prefix.replace(/\\|\(.*/g, "").toLowerCase()],
  };
}

/** What calls a value a secret, as a part of a name. */
const SECRET_NAME =
  "passw(?:or)?d|passwd|passwort|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|account[_-]?key|private[_-]?key|secret[_-]?key|encryption[_-]?key|signing[_-]?key|auth[_-]?key|sharedaccesskey|credentials?|client[_-]?secret";

const NAME_KEYWORDS = [
  ...[
    "passw",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "access-key",
  ],
  ...["accesskey", "accountkey", "account_key", "account-key", "private_key", "private-key", "privatekey"],
  ...["secret_key", "signing_key", "encryption_key", "auth_key", "authkey", "credential"],
];

/** Whether the name of a property or an option says that its value is a secret. */
export function isSecretName(name: string): boolean {
  return new RegExp(`(?:^|[_\\W]|[a-z](?=[A-Z]))(?:${SECRET_NAME})s?$`, "i").test(name) &&
    !/(?:max|min|num|count|total|input|output|cache|prompt|completion|reasoning|used|budget|per|limit)\w*tokens?$/i
      .test(name);
}

function isAssigned(secret: string): boolean {
  return isRandom(secret) || (secret.length <= 64 && isPassword(secret) && /[^\w.-]|\d/.test(secret));
}

/** The rules. */
export const OWN_RULES: readonly Rule[] = [
  key("anthropic", "sk-ant-", "[A-Za-z0-9_-]{20,200}"),
  key("openrouter", "sk-or-", "[A-Za-z0-9_-]{20,100}"),
  key("openai", "sk-", "(?:(?:proj|svcacct|admin|None)-)?[A-Za-z0-9_-]{20,200}"),
  key("xai", "xai-", "[A-Za-z0-9_-]{40,120}"),
  key("replicate", "r8_", "[A-Za-z0-9]{30,60}"),
  key("supabase", "sbp_", "(?:v0_)?[a-f0-9]{40}"),
  key("supabase", "sb_secret_", "[A-Za-z0-9_-]{20,60}"),
  key("groq", "gsk_", "[A-Za-z0-9]{40,80}"),
  key("perplexity", "pplx-", "[A-Za-z0-9]{40,64}"),
  key("huggingface", "hf_", "[A-Za-z0-9]{30,60}"),
  key("google", "AIza", "[A-Za-z0-9_-]{35}"),
  key("google-oauth", "ya29\\.", "[A-Za-z0-9_.-]{30,300}"),
  key("google-oauth", "GOCSPX-", "[A-Za-z0-9_-]{28}"),
  key("fireworks", "fw_", "[A-Za-z0-9]{22,40}"),
  key("cerebras", "csk-", "[A-Za-z0-9]{40,60}"),
  key("nvidia", "nvapi-", "[A-Za-z0-9_-]{50,90}"),
  key("tavily", "tvly-", "[A-Za-z0-9-]{24,60}"),
  key("langsmith", "lsv2_", "(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
  key("github", "github_pat_", "[A-Za-z0-9_]{60,100}"),
  key("gitlab", "glpat-", "[A-Za-z0-9_.-]{20,60}"),
  key("docker", "dckr_pat_", "[A-Za-z0-9_-]{20,40}"),
  key("docker", "dckr_oat_", "[A-Za-z0-9_-]{20,40}"),
  key("slack", "xox", "[abeoprs]-[A-Za-z0-9-]{20,200}"),
  key("telegram", "", "\\d{8,10}:AA[A-Za-z0-9_-]{33}"),
  key("discord", "", "[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}"),
  key("tailscale", "tskey-", "[a-z]{3,10}-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,40}"),
  key("cloudflare", "cfut_", "[A-Za-z0-9_-]{30,60}"),
  key("vercel", "vc[apcikr]_", "[A-Za-z0-9]{40,70}"),
  key("netlify", "nfp_", "[A-Za-z0-9]{36}"),
  key("figma", "figd_", "[A-Za-z0-9_-]{36,60}"),
  key("neon", "napi_", "[a-z0-9]{50,70}"),
  key("resend", "re_", "[A-Za-z0-9]{8}_[A-Za-z0-9]{20,30}"),
  key("mailgun", "key-", "[a-f0-9]{32}"),
  key("atlassian", "ATATT3", "[A-Za-z0-9_=-]{100,300}"),
  key("aws-key-id", "", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"),
  {
    name: "jwt",
    pattern: /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{10,2000}/g,
    keywords: ["eyj"],
  },
  {
    name: "private-key",
    pattern: /-----BEGIN[ A-Z0-9_-]{0,40}PRIVATE KEY(?: BLOCK)?-----((?:[^-]|-(?!----)){20,20000})/g,
    keywords: ["-----begin"],
  },
  {
    name: "url-password",
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@?#"'<>`]{0,100}:([^\s/@"'<>`]{3,200})@/gi,
    keywords: ["://"],
    accepts: (secret) =>
      !/^(?:\$|%|\{|<|\*|x{3}|pass(?:word)?$|pwd$|password$|secret$|user$|:)/i.test(secret),
  },
  {
    name: "authorization",
    pattern:
      /\b(?:proxy-)?authorization["'`]?\s{0,3}[:=]\s{0,3}["'`]?(?:(?:bearer|basic|token|apikey|digest|key)\s{1,3})?([^\s"'`,;<>(){}$]{8,4000})/gi,
    keywords: ["authorization"],
    accepts: (secret) =>
      !isOrdinary(secret) && /\d|[A-Z]/.test(secret) && !/^(?:bearer|basic|token)$/i.test(secret),
  },
  {
    name: "bearer",
    pattern: /\bbearer\s{1,3}([A-Za-z0-9._~+/=-]{16,4000})/gi,
    keywords: ["bearer"],
    accepts: isRandom,
  },
  {
    name: "cookie",
    pattern: /\b(?:set-)?cookie["'`]?\s{0,3}:\s{0,3}["'`]?([^\s"'`,=;]{1,60}=[^\r\n"'`]{8,4000})/gi,
    keywords: ["cookie"],
    accepts: (secret) => !/[(){}]/.test(secret),
  },
  {
    name: "header",
    pattern:
      /\bx-[a-z-]{0,30}(?:api-?key|token|secret|auth|key)["'`]?\s{0,3}[:=]\s{0,3}["'`]?([^\s"'`,;<>(){}$]{8,400})/gi,
    keywords: ["x-"],
    accepts: (secret) => isAssigned(secret),
  },
  {
    name: "assignment",
    pattern: new RegExp(
      `(?:${SECRET_NAME})(?:[_-]?(?:id|key|value|text|prod|dev|test|production|staging))?(?:\\\\?["'\`])?\\]?\\s{0,3}(?::\\s{0,3}\\w{1,20}\\s{0,3}=|=>|:=|\\?=|==?|:)\\s{0,3}(?:\\\\?["'\`]|[brf]["'])?([^\\s"'\`,;\\\\]{6,400})`,
      "gi",
    ),
    keywords: NAME_KEYWORDS,
    accepts: isAssigned,
  },
  {
    name: "prose",
    pattern: new RegExp(
      `\\b(?:${SECRET_NAME}|api key|access key|pin|login)\\s{1,3}(?:(?:for|of|to|on)\\s{1,3}[^\\s]{1,60}\\s{1,3}){0,2}(?:is|was|are|ist|lautet|=|:|to)\\s{0,3}:?\\s{1,3}["'\`“*]{0,2}([^\\s"'\`“”]{6,200})`,
      "gi",
    ),
    keywords: [...NAME_KEYWORDS, "api key", "access key", "login"],
    accepts: (secret) => isPassword(trimSentence(secret)) && /\d/.test(secret),
  },
  {
    name: "option",
    pattern: new RegExp(
      `(?<![\\w-])--?(?:[a-z]{1,20}-)?(?:${SECRET_NAME}|pass|key)(?:=|\\s{1,3})["'\`]?([^\\s"'\`,;]{6,400})`,
      "gi",
    ),
    keywords: [...NAME_KEYWORDS, "-pass", "-key"],
    accepts: (secret) => !secret.startsWith("-") && isAssigned(secret),
  },
  {
    name: "user-password",
    pattern: /(?<![\w-])(?:-u|--user)(?:=|\s{1,3})["'`]?[^\s:"'`/]{1,64}:([^\s"'`@/]{4,200})/g,
    keywords: ["-u", "--user"],
    accepts: (secret) => !isOrdinary(secret) && !/^\d{1,5}$/.test(secret),
  },
];

/** The text without what ends a sentence. */
function trimSentence(text: string): string {
  return text.replace(/[.,;:)\]]+$/, "");
}
