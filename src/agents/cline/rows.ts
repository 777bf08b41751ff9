/**
 * The kinds of rows in a task, as far as they are not told each in its own way.
 *
 * @module
 */

/** Rows that tell nothing, or what stands in another one, too. */
export const SILENT: ReadonlySet<string> = new Set(
  ("checkpoint_created checkpoint_saved api_req_retried api_req_retry_delayed api_req_rate_limit_wait " +
    "shell_integration_warning shell_integration_warning_with_suggestion mcp_server_request_started " +
    "inspect_site_result load_mcp_documentation info task_progress hook_status hook_output_stream generate_explanation " +
    "condense_context_error sliding_window_truncation subtask_result codebase_search_result " +
    "user_edit_todos browser_session_status browser_action_launch browser_action browser_action_result clineignore_error " +
    "rooignore_error resume_task resume_completed_task new_task condense summarize_task report_bug " +
    "auto_approval_max_req_reached interactive_app command_permission_denied conditional_rules_applied " +
    "too_many_tools_warning mcp_notification").split(" "),
);

/** Rows that tell of an error. */
export const ERRORS: ReadonlySet<string> = new Set(
  ["error", "diff_error", "api_req_failed", "mistake_limit_reached", "error_retry"],
);

/** Questions of the model, and the word under which each has its text. */
export const QUESTIONS: Readonly<Record<string, string>> = {
  followup: "question",
  plan_mode_respond: "response",
  act_mode_respond: "response",
  plan_mode_response: "response",
};
