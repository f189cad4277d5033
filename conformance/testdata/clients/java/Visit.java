import com.google.gson.Gson;
import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.TransportEnum;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Reads jobs as JSON from standard input, runs them, many at once, and writes what went wrong with each. */
public class Visit {
  static class Job {
    String url;
    String transport;
    long idle;
    long limit;
  }

  public static void main(String[] args) throws Exception {
    Job[] jobs = new Gson().fromJson(new InputStreamReader(System.in, StandardCharsets.UTF_8), Job[].class);
    TrustManagerFactory trust = trusted(System.getenv("NODE_EXTRA_CA_CERTS"));
    ExecutorService pool = Executors.newFixedThreadPool(16);
    List<Future<String>> results = new ArrayList<>();
    for (Job job : jobs) {
      results.add(pool.submit(() -> visit(job, trust)));
    }
    String[] out = new String[jobs.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = results.get(i).get();
    }
    System.out.print(new Gson().toJson(out));
    System.out.flush();
    System.exit(0); // the client leaves threads behind
  }

  static TrustManagerFactory trusted(String file) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (FileInputStream in = new FileInputStream(file)) {
      int n = 0;
      for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority" + n++, c);
      }
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  /** Does what visit.mjs does, and returns what went wrong, or an empty text. */
  static String visit(Job job, TrustManagerFactory trust) {
    HubConnection connection = null;
    try {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      X509TrustManager manager = (X509TrustManager) trust.getTrustManagers()[0];
      TransportEnum transport = job.transport.equals("WebSockets") ? TransportEnum.WEBSOCKETS : TransportEnum.LONG_POLLING;
      connection = HubConnectionBuilder.create(job.url).withTransport(transport)
          .setHttpClientBuilderCallback(b -> b.sslSocketFactory(tls.getSocketFactory(), manager)).build();
      connection.setServerTimeout(job.limit); // what is slow here is no proxy's fault
      CompletableFuture<String> called = new CompletableFuture<>();
      CompletableFuture<String> closed = new CompletableFuture<>();
      connection.on("echo", called::complete, String.class);
      connection.onClosed(e -> closed.complete(e == null ? "closed" : String.valueOf(e.getMessage())));
      if (!connection.start().blockingAwait(job.limit, TimeUnit.MILLISECONDS)) {
        throw new Exception("start took more than " + job.limit + " ms");
      }
      echo(connection, "hello ✓", job.limit);
      if (!called.get(job.limit, TimeUnit.MILLISECONDS).equals("hello ✓")) {
        throw new Exception("another text was called back");
      }
      List<Integer> items = connection.stream(Integer.class, "counter", 3, 50).toList()
          .timeout(job.limit, TimeUnit.MILLISECONDS).blockingGet();
      if (!items.equals(Arrays.asList(0, 1, 2))) {
        throw new Exception("the stream brought " + items);
      }
      Thread.sleep(job.idle);
      if (closed.isDone()) {
        throw new Exception("closed while idle: " + closed.get());
      }
      echo(connection, "x".repeat(20000), job.limit);
      connection.stop().blockingAwait(job.limit, TimeUnit.MILLISECONDS);
      return "";
    } catch (Throwable e) {
      if (connection != null) {
        connection.stop().onErrorComplete().subscribe();
      }
      return String.valueOf(e);
    }
  }

  static void echo(HubConnection connection, String text, long limit) throws Exception {
    String answer = connection.invoke(String.class, "echo", text).timeout(limit, TimeUnit.MILLISECONDS).blockingGet();
    if (!text.equals(answer)) {
      throw new Exception("another text came back");
    }
  }
}
