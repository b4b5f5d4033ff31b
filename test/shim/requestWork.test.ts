import { describe, expect, it } from "vitest";
import { createAttribution, namedSource, type Scope } from "../../shim/context/attribution.ts";
import { captureStack } from "../../shim/context/callSite.ts";
import { createRequestWork, type RequestWork, type Work } from "../../shim/context/requestWork.ts";
import type { Inbound } from "../../shim/context/routes/inbound.ts";

const HOUR_MS = 3_600_000;

/** Requests, the calls that are made in their contexts, and a clock that stands still. */
function makeServer() {
  let nowMs = 0;
  let calls = 0;
  const turns: (() => void)[] = [];
  const work = createRequestWork({ now: () => nowMs, afterThisTurn: (step) => turns.push(step) });
  const nextTurn = () => {
    for (const step of turns.splice(0)) step();
  };
  const begin = (scope: Scope): Work => {
    calls += 1;
    const call = { callId: `call-${calls}`, scope, stack: captureStack(begin) };
    work.callBegan(call);
    return call;
  };
  return {
    work,
    nextTurn,
    pass(ms: number) {
      nowMs += ms;
      nextTurn();
    },
    ask(url: string, method = "POST"): Asked {
      const inbound: Inbound = {
        url,
        method,
        marks: null,
        pattern: null,
        patternOf: () => null,
        service: null,
      };
      work.began(inbound);
      const attribution = createAttribution();
      attribution.enterRequest(inbound, { request: null, response: null }, null);
      return { inbound, scope: attribution.current() };
    },
    begin,
  };
}

interface Asked {
  inbound: Inbound;
  scope: Scope;
}

const isOwn = (work: RequestWork, call: Work) => work.scopeOf(call, call.callId).inbound !== null;

/** Calls one after the other, all from one place. */
function callAgain(
  { work, begin, nextTurn }: ReturnType<typeof makeServer>,
  { scope }: Asked,
  times: number,
) {
  return Array.from({ length: times }, () => {
    const call = begin(scope);
    work.callEnded(call);
    nextTurn();
    return isOwn(work, call);
  });
}

describe("what is done in a request's context", () => {
  it("is its own while it is served, however often it calls and whoever else asks", () => {
    const server = makeServer();
    const first = server.ask("/chat");
    server.ask("/chat");
    server.ask("/other");
    expect(callAgain(server, first, 5)).toEqual([true, true, true, true, true]);
  });

  it("is its own after the answer while nobody else asks, for an hour", () => {
    const server = makeServer();
    const first = server.ask("/research");
    server.work.answered(first.inbound);
    expect(callAgain(server, first, 3)).toEqual([true, true, true]);
    server.pass(HOUR_MS + 1);
    expect(callAgain(server, first, 1)).toEqual([false]);
  });

  it("is its own after the answer where others only look, or do the same work by themselves", () => {
    const server = makeServer();
    const agent = (asked: Asked, times: number) => callAgain(server, asked, times);
    const first = server.ask("/research");
    const second = server.ask("/research");
    server.ask("/research/7/status", "GET");
    server.work.answered(first.inbound);
    server.work.answered(second.inbound);
    const firstCalls = [first, second, first, second].flatMap((asked) => agent(asked, 1));
    expect(firstCalls).toEqual([true, true, true, true]);
  });

  it("is nobody's from its second call on where another may have brought it, for good", () => {
    const server = makeServer();
    const first = server.ask("/jobs");
    server.work.answered(first.inbound);
    server.work.answered(server.ask("/jobs").inbound);
    expect(callAgain(server, first, 3)).toEqual([true, false, false]);
    // Of a request that lends its context, nothing is sure any more that its answer did not wait for.
    expect(callAgain(server, first, 1)).toEqual([false]);
  });

  it("is nobody's where another is answered by it", () => {
    const server = makeServer();
    const first = server.ask("/a");
    const second = server.ask("/b");
    const [own, others] = [server.begin(first.scope), server.begin(first.scope)];
    server.work.callEnded(own);
    server.work.answered(first.inbound);
    server.nextTurn();
    server.work.callEnded(others);
    server.work.answered(second.inbound);
    server.nextTurn();
    expect([isOwn(server.work, own), isOwn(server.work, others)]).toEqual([true, false]);
  });

  it("is its own where it calls several times in one go, whoever else is there", () => {
    const server = makeServer();
    const first = server.ask("/a");
    server.ask("/b");
    const calls = Array.from({ length: 3 }, () => server.begin(first.scope));
    expect(calls.map((call) => isOwn(server.work, call))).toEqual([true, true, true]);
  });

  it("is nobody's where it calls again and again at once, and nobody else has ever been there", () => {
    const server = makeServer();
    const first = server.ask("/a");
    const others: Asked[] = [];
    const another = () => {
      const asked = server.ask("/a");
      others.push(asked);
      return asked;
    };
    // All from one place, each in a turn of its own, and none ends.
    const own = [
      () => first,
      () => first,
      // From here on there is somebody who may have brought it.
      () => another() && first,
      () => first,
      () => others[0],
      // Here there are others who do the same.
      () => others[0],
      another,
    ].map((who) => {
      server.nextTurn();
      return isOwn(server.work, server.begin((who() ?? first).scope));
    });
    expect(own).toEqual([true, true, false, false, true, true, true]);
  });

  it("is its own where a helper is called by the handler, and later by something else", async () => {
    const server = makeServer();
    const { inbound, scope } = server.ask("/chat");
    const helper = async () => {
      await null;
      return server.begin(scope);
    };
    const handler = async () => await helper();
    const awaited = await handler();
    server.work.answered(inbound);
    server.work.answered(server.ask("/chat").inbound);
    const later = await new Promise<Work>((resolve) => setTimeout(() => void helper().then(resolve)));
    expect([awaited, later].map((call) => isOwn(server.work, call))).toEqual([true, true]);
  });

  it("is a queue's where it was called when the queue was started, and then resumed", async () => {
    const server = makeServer();
    const { inbound, scope } = server.ask("/jobs");
    const calls: Work[] = [];
    const loop = async () => {
      for (let job = 0; job < 3; job += 1) {
        calls.push(server.begin(scope));
        await null;
      }
    };
    const start = () => void loop();
    start();
    server.work.answered(inbound);
    server.work.answered(server.ask("/jobs").inbound);
    await new Promise((resolve) => setTimeout(resolve));
    expect(calls.map((call) => isOwn(server.work, call))).toEqual([true, false, false]);
  });

  it("is its own after the answer where a call of its own leads to several in one go", () => {
    const server = makeServer();
    const first = server.ask("/research");
    server.work.answered(first.inbound);
    server.ask("/research");
    const plan = server.begin(first.scope);
    const steps = (times: number) => Array.from({ length: times }, () => server.begin(first.scope));
    server.work.callEnded(plan);
    const calls = steps(3);
    server.nextTurn();
    expect(calls.map((call) => isOwn(server.work, call))).toEqual([true, true, true]);
    expect(steps(1).map((call) => isOwn(server.work, call))).toEqual([true]);
  });

  it("is its own after the answer where others came only when it had begun", () => {
    const server = makeServer();
    const first = server.ask("/jobs");
    server.work.answered(first.inbound);
    const calls = Array.from({ length: 3 }, () => server.begin(first.scope));
    server.ask("/jobs");
    expect(calls.map((call) => isOwn(server.work, call))).toEqual([true, true, true]);
  });

  it("is its own after the answer too where its call had ended before", () => {
    const server = makeServer();
    const first = server.ask("/agents");
    const calls = Array.from({ length: 3 }, () => {
      const call = server.begin(first.scope);
      server.work.callEnded(call);
      server.nextTurn();
      return call;
    });
    server.work.answered(first.inbound);
    server.work.answered(server.ask("/agents").inbound);
    expect(calls.map((call) => isOwn(server.work, call))).toEqual([true, true, true]);
  });

  describe("that goes on after the answer, when others have come", () => {
    const question = { role: "user", content: "How much is the fish?" };
    const wanted = { role: "assistant", tool_calls: [{ id: "call_1", function: { name: "price" } }] };
    const told = { role: "tool", tool_call_id: "call_1", content: "7" };
    const quoted = { role: "user", content: JSON.stringify(told) };

    it.each([
      ["is its own where a tool of its agent has answered", [question, wanted, told], true],
      ["is its own where tools have answered twice", [question, wanted, told, wanted, told], true],
      ["is nobody's where the same is asked", [question], false],
      ["is nobody's where somebody writes in the same conversation", [question, question], false],
      ["is nobody's where somebody only writes of tools", [question, quoted], false],
      ["is nobody's where an agent was asked something else", [wanted, wanted, told], false],
    ])("%s", (_, messages, own) => {
      const server = makeServer();
      const first = server.ask("/agents");
      server.work.answered(first.inbound);
      server.ask("/chat");
      const asked = [[question], messages].map((each) => {
        const prompts = () => ['"You are a fishmonger"', JSON.stringify(each)];
        const call = Object.assign(server.begin(first.scope), { prompts });
        server.work.callEnded(call);
        server.nextTurn();
        return isOwn(server.work, call);
      });
      expect(asked).toEqual([true, own]);
    });
  });

  describe("where its end sets off another request's call", () => {
    /** Two calls of a request's, at the end of whose last one a call of another's begins. */
    async function setOff(
      calling: (call: () => Work) => Promise<Work>,
      otherCalling: (call: () => Work) => Promise<Work>,
    ) {
      const server = makeServer();
      const [first, second] = [server.ask("/a"), server.ask("/b")];
      const calls: Work[] = [];
      for (let turn = 0; turn < 2; turn += 1) {
        const call = await calling(() => server.begin(first.scope));
        calls.push(call);
        server.work.callEnded(call);
      }
      calls.push(await otherCalling(() => server.begin(second.scope)));
      server.nextTurn();
      return calls.map((call) => isOwn(server.work, call));
    }

    it("is nobody's from its second call on: a pool's", async () => {
      const inPool = (call: () => Work) => new Promise<Work>((resolve) => setTimeout(() => resolve(call())));
      const inHandler = (call: () => Work) =>
        new Promise<Work>((resolve) => setTimeout(() => resolve(call())));
      expect(await setOff(inPool, inHandler)).toEqual([true, false, true]);
    });

    it("is its own where both go through the same code, which lets so many at a time", async () => {
      const inTurn = async (call: () => Work) => {
        await null;
        return call();
      };
      expect(await setOff(inTurn, inTurn)).toEqual([true, true, true]);
    });
  });

  it("is what a queue was given by it, wherever it is called", () => {
    const server = makeServer();
    const [first, second] = [server.ask("/a"), server.ask("/b")];
    const given = { ...second.scope, isCarried: true as const };
    const [own, carried] = [server.begin(first.scope), server.begin(given)];
    server.work.callEnded(carried);
    server.work.answered(first.inbound);
    server.nextTurn();
    server.work.answered(second.inbound);
    expect([own, carried, server.begin(given)].map((call) => isOwn(server.work, call))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("a retry is part of what it repeats", () => {
    const server = makeServer();
    const first = server.ask("/jobs");
    server.work.answered(first.inbound);
    server.work.answered(server.ask("/jobs").inbound);
    const attempts = Array.from({ length: 2 }, () => server.begin(first.scope));
    const sources = attempts.map((call) => server.work.scopeOf(call, "call-1").inbound);
    expect(sources).toEqual([first.inbound, first.inbound]);
  });

  it("goes without the request's labels, but with those that it was given itself", () => {
    const server = makeServer();
    const { inbound, scope } = server.ask("/jobs");
    const inherited: Scope = { ...scope, conversationId: "the first one's" };
    server.work.answered(inbound);
    server.work.answered(server.ask("/jobs").inbound);
    const given: Scope = { ...scope, conversationId: "its own" };
    const calls = [inherited, inherited, given].map((each) => server.begin(each));
    expect(calls.map((call) => server.work.scopeOf(call, call.callId).conversationId)).toEqual([
      "the first one's",
      null,
      "its own",
    ]);
  });

  it("keeps the source that the code says", () => {
    const server = makeServer();
    const { inbound, scope } = server.ask("/jobs");
    server.work.answered(inbound);
    server.work.answered(server.ask("/jobs").inbound);
    const said: Scope = { ...scope, explicit: namedSource("digest") };
    const calls = [said, said].map((each) => server.begin(each));
    expect(calls.map((call) => server.work.scopeOf(call, call.callId))).toEqual([said, said]);
  });
});
