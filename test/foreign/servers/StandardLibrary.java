// A callback server in safe mode, by the platform's pages, on nothing but Java's standard library.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Node;

public class StandardLibrary {
  static final String TOKEN = System.getenv("TOKEN");
  static final String APP_ID = System.getenv("APP_ID");
  static final byte[] KEY = Base64.getMimeDecoder().decode(System.getenv("AES_KEY") + "=");
  static final AtomicInteger RUNS = new AtomicInteger();

  public static void main(String[] args) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 128);
    server.createContext("/", StandardLibrary::serve);
    server.setExecutor(Executors.newFixedThreadPool(16));
    server.start();
    System.out.println(server.getAddress().getPort());
  }

  static void serve(HttpExchange exchange) throws IOException {
    String answer;
    try {
      answer = answer(exchange);
    } catch (Exception | StackOverflowError unreadable) { // deep nesting ends its parser with an Error
      answer = null;
    }
    byte[] body = answer == null ? new byte[0] : answer.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(answer == null ? 403 : 200, body.length == 0 ? -1 : body.length);
    if (body.length > 0) exchange.getResponseBody().write(body);
    exchange.close();
  }

  static String answer(HttpExchange exchange) throws Exception {
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String timestamp = query.getOrDefault("timestamp", "");
    String nonce = query.getOrDefault("nonce", "");
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (exchange.getRequestMethod().equals("GET"))
      return equal(signature(TOKEN, timestamp, nonce), query.get("signature")) ? query.get("echostr") : null;
    if (!exchange.getRequestMethod().equals("POST")) return null;
    String encrypt = read(body).getOrDefault("Encrypt", "");
    if (!equal(signature(TOKEN, timestamp, nonce, encrypt), query.get("msg_signature"))) return null;
    Map<String, String> message = read(open(encrypt));
    String said = reply(message);
    return said == null ? "success" : seal(said, nonce);
  }

  static String reply(Map<String, String> message) {
    String type = message.getOrDefault("MsgType", "");
    String content = message.getOrDefault("Content", "");
    String text;
    if (type.equals("text") && !content.isBlank())
      text = content.substring(0, content.offsetByCodePoints(0, Math.min(600, content.codePointCount(0, content.length()))));
    else if (type.equals("event") && "CLICK".equals(message.get("Event"))) text = message.getOrDefault("EventKey", "");
    else return null;
    return "<xml><ToUserName>" + cdata(message.get("FromUserName")) + "</ToUserName><FromUserName>"
        + cdata(message.get("ToUserName")) + "</FromUserName><CreateTime>" + System.currentTimeMillis() / 1000
        + "</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>"
        + cdata(text + " (run " + RUNS.incrementAndGet() + ")") + "</Content></xml>";
  }

  static byte[] open(String encrypt) throws Exception {
    byte[] plain = cipher(Cipher.DECRYPT_MODE).doFinal(Base64.getDecoder().decode(encrypt));
    int end = plain.length - plain[plain.length - 1];
    int length = ByteBuffer.wrap(plain, 16, 4).getInt();
    if (length < 0 || length > end - 20) throw new SecurityException("another key");
    String appId = new String(Arrays.copyOfRange(plain, 20 + length, end), StandardCharsets.UTF_8);
    if (!appId.equals(APP_ID)) throw new SecurityException("another AppID");
    return Arrays.copyOfRange(plain, 20, 20 + length);
  }

  static String seal(String xml, String nonce) throws Exception {
    byte[] text = xml.getBytes(StandardCharsets.UTF_8);
    byte[] appId = APP_ID.getBytes(StandardCharsets.UTF_8);
    int size = 20 + text.length + appId.length;
    int pad = 32 - size % 32;
    ByteBuffer plain = ByteBuffer.allocate(size + pad).put("0123456789abcdef".getBytes()).putInt(text.length).put(text).put(appId);
    while (plain.hasRemaining()) plain.put((byte) pad);
    String encrypt = Base64.getEncoder().encodeToString(cipher(Cipher.ENCRYPT_MODE).doFinal(plain.array()));
    String now = String.valueOf(System.currentTimeMillis() / 1000);
    return "<xml><Encrypt>" + cdata(encrypt) + "</Encrypt><MsgSignature>" + signature(TOKEN, now, nonce, encrypt)
        + "</MsgSignature><TimeStamp>" + now + "</TimeStamp><Nonce>" + cdata(nonce) + "</Nonce></xml>";
  }

  static Cipher cipher(int mode) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(mode, new SecretKeySpec(KEY, "AES"), new IvParameterSpec(KEY, 0, 16));
    return cipher;
  }

  static Map<String, String> read(byte[] xml) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Map<String, String> fields = new HashMap<>();
    Node root = factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml)).getDocumentElement();
    for (Node node = root.getFirstChild(); node != null; node = node.getNextSibling())
      if (node.getNodeType() == Node.ELEMENT_NODE) fields.putIfAbsent(node.getNodeName(), node.getTextContent());
    return fields;
  }

  static Map<String, String> query(String raw) {
    Map<String, String> query = new HashMap<>();
    if (raw == null) return query;
    for (String pair : raw.split("&")) {
      String[] parts = pair.split("=", 2);
      query.putIfAbsent(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  static String signature(String... parts) throws Exception {
    Arrays.sort(parts);
    byte[] digest = MessageDigest.getInstance("SHA-1").digest(String.join("", parts).getBytes(StandardCharsets.UTF_8));
    StringBuilder hex = new StringBuilder();
    for (byte one : digest) hex.append(String.format("%02x", one));
    return hex.toString();
  }

  static boolean equal(String expected, String given) {
    return given != null && MessageDigest.isEqual(expected.getBytes(), given.getBytes());
  }

  static String cdata(String text) {
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>";
  }
}
