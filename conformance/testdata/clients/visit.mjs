// What one client does: it starts, calls the hub, is called back, takes a stream, idles longer than pings and polls are apart, calls again, stops.

const transports = { WebSockets: 1, ServerSentEvents: 2, LongPolling: 4 };

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// within ends with an error when a promise takes longer than a limit.
function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what} took more than ${ms} ms`)), ms); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// visit returns what went wrong, or an empty text.
export async function visit(signalR, MessagePackHubProtocol, job) {
  let builder = new signalR.HubConnectionBuilder()
    .withUrl(job.url, { transport: transports[job.transport] })
    .configureLogging(signalR.LogLevel.None);
  if (job.protocol === "messagepack") builder = builder.withHubProtocol(new MessagePackHubProtocol());
  const connection = builder.build();
  connection.serverTimeoutInMilliseconds = job.silence;
  let closed;
  connection.onclose((error) => { closed = error ? error.message : "closed"; });
  const called = new Promise((resolve) => connection.on("echo", resolve));
  try {
    await within(job.limit, "start", connection.start());
    await within(job.limit, "the first call", echo(connection, "hello ✓"));
    if (await within(job.limit, "the call back", called) !== "hello ✓") throw new Error("another text was called back");
    await stream(connection, job.limit);
    await sleep(job.idle);
    if (closed) throw new Error(`closed while idle: ${closed}`);
    await within(job.limit, "the second call", echo(connection, "x".repeat(20000)));
    await connection.stop();
    return "";
  } catch (error) {
    connection.stop().catch(() => {});
    return String(error.message || error);
  }
}

async function echo(connection, text) {
  const answer = await connection.invoke("echo", text);
  if (answer !== text) throw new Error("another text came back");
}

function stream(connection, limit) {
  const items = [];
  return within(limit, "the stream", new Promise((resolve, reject) => {
    connection.stream("counter", 3, 50).subscribe({
      next: (item) => items.push(item),
      error: reject,
      complete: () => (items.join() === "0,1,2" ? resolve() : reject(new Error(`the stream brought ${items}`))),
    });
  }));
}
