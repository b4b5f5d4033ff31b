/** By name: what lets a few of the jobs that it is given run at a time, and resolves when a job is done. Only one is loaded. */
const AT_ONCE = 5;

/** Around a queue that is told of the end of a job by a callback. */
const promised = (push) => (job) =>
  new Promise((resolve, reject) => {
    push(job, (error) => (error ? reject(error) : resolve()));
  });
const calledBack = (job, done) => void job().then(() => done(), done);

export const queues = {
  async none() {
    return (job) => job();
  },
  async "p-queue"() {
    const { default: PQueue } = await import("p-queue");
    const queue = new PQueue({ concurrency: AT_ONCE });
    return (job) => queue.add(job);
  },
  async "p-queue, so many in a time"() {
    const { default: PQueue } = await import("p-queue");
    const queue = new PQueue({ interval: 100, intervalCap: 20 });
    return (job) => queue.addAll([job]);
  },
  async "Bottleneck's schedule"() {
    const { default: Bottleneck } = await import("bottleneck");
    const limiter = new Bottleneck({ maxConcurrent: AT_ONCE });
    return (job) => limiter.schedule({ priority: 4 }, job);
  },
  async "Bottleneck's submit"() {
    const { default: Bottleneck } = await import("bottleneck");
    const limiter = new Bottleneck({ maxConcurrent: AT_ONCE });
    return promised((job, done) => limiter.submit(calledBack, job, done));
  },
  async "Bottleneck's wrap"() {
    const { default: Bottleneck } = await import("bottleneck");
    const limited = new Bottleneck({ maxConcurrent: AT_ONCE, minTime: 1 }).wrap((job) => job());
    return (job) => limited(job);
  },
  async "async's queue"() {
    const { queue } = await import("async");
    const jobs = queue(async (job) => await job(), AT_ONCE);
    return (job) => jobs.pushAsync(job);
  },
  async "async's queue of callbacks"() {
    const { default: async } = await import("async");
    const jobs = async.queue(calledBack, AT_ONCE);
    return promised((job, done) => jobs.push(job, done));
  },
  async "async's priority queue"() {
    const { priorityQueue } = await import("async");
    const jobs = priorityQueue(async (job) => await job(), AT_ONCE);
    return (job) => jobs.pushAsync(job, 1);
  },
  async "async's cargo"() {
    const { cargo } = await import("async");
    const jobs = cargo(async (some) => void (await Promise.all(some.map((job) => job()))), AT_ONCE);
    return (job) => jobs.pushAsync(job);
  },
  async "fastq's promise"() {
    const { default: fastq } = await import("fastq");
    const jobs = fastq.promise(async (job) => await job(), AT_ONCE);
    return (job) => jobs.push(job);
  },
  async "fastq's callbacks"() {
    const { default: fastq } = await import("fastq");
    const jobs = fastq(calledBack, AT_ONCE);
    return promised((job, done) => jobs.push(job, done));
  },
  async "cockatiel's bulkhead"() {
    const { bulkhead, retry, handleAll, wrap } = await import("cockatiel");
    const policy = wrap(retry(handleAll, { maxAttempts: 2 }), bulkhead(AT_ONCE, 1_000));
    return (job) => policy.execute(job);
  },
  async queue() {
    const { default: Queue } = await import("queue");
    const jobs = new Queue({ concurrency: AT_ONCE, autostart: true });
    return (job) =>
      new Promise((resolve, reject) => {
        jobs.push(() => job().then(resolve, reject));
      });
  },
  async "p-limit"() {
    const { default: pLimit } = await import("p-limit");
    const limit = pLimit(AT_ONCE);
    return (job) => limit(job);
  },
  async "p-throttle"() {
    const { default: pThrottle } = await import("p-throttle");
    return pThrottle({ limit: 20, interval: 100 })((job) => job());
  },
  async "async-sema"() {
    const { Sema } = await import("async-sema");
    const sema = new Sema(AT_ONCE);
    return async (job) => {
      await sema.acquire();
      try {
        await job();
      } finally {
        sema.release();
      }
    };
  },
  async "async-mutex"() {
    const { Semaphore } = await import("async-mutex");
    const semaphore = new Semaphore(AT_ONCE);
    return (job) => semaphore.runExclusive(job);
  },
  async "generic-pool"() {
    const { default: genericPool } = await import("generic-pool");
    const pool = genericPool.createPool(
      { create: async () => ({}), destroy: async () => {} },
      { max: AT_ONCE },
    );
    return (job) => pool.use(() => job());
  },
  async limiter() {
    const { RateLimiter } = await import("limiter");
    const limiter = new RateLimiter({ tokensPerInterval: 20, interval: 100 });
    return async (job) => {
      await limiter.removeTokens(1);
      await job();
    };
  },
  async opossum() {
    const { default: CircuitBreaker } = await import("opossum");
    const breaker = new CircuitBreaker((job) => job(), { timeout: 10_000, capacity: 500 });
    return (job) => breaker.fire(job);
  },
  async dataloader() {
    const { default: DataLoader } = await import("dataloader");
    const loader = new DataLoader((jobs) => Promise.all(jobs.map((job) => job())), {
      cache: false,
      maxBatchSize: AT_ONCE,
    });
    return (job) => loader.load(job);
  },
  async "rxjs' mergeMap"() {
    const { mergeMap, Subject } = await import("rxjs");
    const jobs = new Subject();
    jobs.pipe(mergeMap(({ job, done }) => job().then(done), AT_ONCE)).subscribe();
    return (job) => new Promise((done) => jobs.next({ job, done }));
  },
  async "better-queue"() {
    const { default: BetterQueue } = await import("better-queue");
    const waiting = new Map();
    const jobs = new BetterQueue(({ id }, done) => calledBack(waiting.get(id), done), {
      concurrent: AT_ONCE,
    });
    return promised((job, done) => {
      const id = String(waiting.size);
      waiting.set(id, job);
      jobs.push({ id }, done);
    });
  },
};
