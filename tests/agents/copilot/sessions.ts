/**
 * Chat sessions of Copilot, written by hand after what VS Code writes.
 *
 * @module
 */

type Json = Record<string, unknown>;

/** A request and its answer, finished. */
export function request(id: string, at: number, given: Json = {}): Json {
  return {
    requestId: `request_${id}`,
    timestamp: at,
    message: { text: `Question ${id}`, parts: [] },
    variableData: { variables: [] },
    agent: { id: "github.copilot.editsAgent", extensionVersion: "0.37.1" },
    modelId: "copilot/gpt-4o",
    responseId: `response_${id}`,
    response: [{ value: `Answer ${id}` }],
    modelState: { value: 1, completedAt: at + 500 },
    result: { timings: { firstProgress: 100, totalElapsed: 500 }, metadata: {} },
    ...given,
  };
}

/** A session. */
export function session(requests: readonly Json[], given: Json = {}): Json {
  return {
    version: 3,
    responderUsername: "GitHub Copilot",
    initialLocation: "panel",
    requests,
    sessionId: "11111111-2222-4333-8444-555555555555",
    creationDate: 1_770_000_000_000,
    customTitle: "A title",
    ...given,
  };
}

/** A call as the editor shows it. */
export function invocation(id: string, toolId: string, given: Json = {}): Json {
  return {
    kind: "toolInvocationSerialized",
    toolCallId: id,
    toolId,
    invocationMessage: `Using ${toolId}`,
    pastTenseMessage: { value: `Used ${toolId}` },
    isConfirmed: { type: 1 },
    isComplete: true,
    ...given,
  };
}

/** What the model asked for, and what it was told, as the result of a request keeps it. */
export function rounds(...calls: readonly { id: string; name: string; args: Json; result?: string }[]): Json {
  return {
    toolCallRounds: calls.map(({ id, name, args }) => ({
      id: `round-${id}`,
      response: "",
      toolCalls: [{ id: `${id}__vscode-1770000000000`, name, arguments: JSON.stringify(args) }],
    })),
    toolCallResults: Object.fromEntries(
      calls.filter(({ result }) => result !== undefined).map(({ id, result }) => [
        `${id}__vscode-1770000000000`,
        { content: [{ value: { node: { type: 1, children: [{ type: 2, text: result }] } } }] },
      ]),
    ),
  };
}
