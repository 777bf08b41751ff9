/**
 * What the writer can be asked for, done.
 *
 * @module
 */

import type { StoreWriter } from "../store/writer.ts";
import type { WriterCalls } from "./messages.ts";

/** The calls on a store, each to be made within a transaction; `checkpoint` outside of one. */
export function writerCalls(store: StoreWriter): Omit<WriterCalls, "recover"> {
  return {
    register: (entries) => store.register(entries),
    beginAttempts: (sources) => store.beginAttempts(sources),
    endAttempts: (sources) => store.endAttempts(sources),
    readAgain: (wishes) => {
      for (const { source, collectedFrom, adapterVersion } of wishes) {
        store.readAgain(source, collectedFrom, adapterVersion);
      }
    },
    fail: (failures) => {
      for (const failure of failures) store.fail(failure, Date.now());
    },
    raise: (problem) => store.raise(problem, Date.now()),
    solve: (key) => store.solve(key),
    answer: (request, state, answer) => store.answer(request, state, answer),
    forgetRequests: (before) => store.forgetRequests(before),
    prune: (...parameters) => store.prune(...parameters),
    openRemote: (key) => store.remotes.open(key),
    exportStep: (step) => store.remotes.step(step),
    setRemoteContent: (...content) => store.remotes.setContent(...content),
    sendAgain: (remote) => store.remotes.sendAgain(remote),
    retryNow: (remote) => store.remotes.retryNow(remote),
    retryDeadLetters: (...letters) => store.remotes.retryDeadLetters(...letters),
    dropDeadLetters: (...letters) => store.remotes.dropDeadLetters(...letters),
    removeRemote: (remote) => store.remotes.remove(remote),
    diskSpace: () => store.diskSpace(),
    checkpoint: () => store.checkpoint(),
  };
}
