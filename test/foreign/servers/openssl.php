<?php
// A callback server in safe mode, by the platform's pages, on nothing but PHP and its openssl extension. PHP's own web
// server calls this file for every request, and its counter is in a file, as every request is a process of its own.
[$token, $key, $appId] = [getenv('TOKEN'), base64_decode(getenv('AES_KEY') . '='), getenv('APP_ID')];

function refuse(): never
{
    http_response_code(403);
    exit;
}

function signature(string ...$parts): string
{
    sort($parts, SORT_STRING);
    return sha1(implode('', $parts));
}

function given(string $name): string
{
    return is_string($_GET[$name] ?? null) ? $_GET[$name] : '';
}

function read_xml(string $xml): SimpleXMLElement
{
    $read = str_contains($xml, '<!DOCTYPE') ? false : @simplexml_load_string(trim($xml), options: LIBXML_NOCDATA | LIBXML_NONET);
    return $read === false ? refuse() : $read;
}

function next_run(): int
{
    $file = fopen(sys_get_temp_dir() . '/foreign-runs-' . posix_getppid(), 'c+');
    flock($file, LOCK_EX);
    $run = (int) stream_get_contents($file) + 1;
    rewind($file);
    fwrite($file, (string) $run);
    return $run;
}

[$timestamp, $nonce] = [given('timestamp'), given('nonce')];
if ($_SERVER['REQUEST_METHOD'] === 'GET') {
    if (!hash_equals(signature($token, $timestamp, $nonce), given('signature'))) refuse();
    header('Content-Type: text/plain');
    exit(given('echostr'));
}
if ($_SERVER['REQUEST_METHOD'] !== 'POST') refuse();

$encrypt = trim((string) (read_xml(file_get_contents('php://input'))->Encrypt ?? ''));
if ($encrypt === '' || !hash_equals(signature($token, $timestamp, $nonce, $encrypt), given('msg_signature'))) refuse();
$plain = openssl_decrypt($encrypt, 'aes-256-cbc', $key, OPENSSL_ZERO_PADDING, substr($key, 0, 16));
if ($plain === false || strlen($plain) < 32) refuse();
$pad = ord($plain[-1]);
if ($pad < 1 || $pad > 32) refuse();
$plain = substr($plain, 0, -$pad);
$length = unpack('N', substr($plain, 16, 4))[1];
if (substr($plain, 20 + $length) !== $appId) refuse();

$message = read_xml(substr($plain, 20, $length));
[$type, $event, $content] = [(string) $message->MsgType, (string) $message->Event, (string) $message->Content];
if ($type === 'text' && trim($content) !== '') $text = mb_substr($content, 0, 600) . ' (run ' . next_run() . ')';
elseif ($type === 'event' && $event === 'CLICK') $text = $message->EventKey . ' (run ' . next_run() . ')';
else exit('success');

$cdata = fn(string $value): string => '<![CDATA[' . str_replace(']]>', ']]]]><![CDATA[>', $value) . ']]>';
$now = (string) time();
$reply = '<xml><ToUserName>' . $cdata($message->FromUserName) . '</ToUserName><FromUserName>' . $cdata($message->ToUserName)
    . "</FromUserName><CreateTime>$now</CreateTime><MsgType>text</MsgType><Content>" . $cdata($text) . '</Content></xml>';
$plain = bin2hex(random_bytes(8)) . pack('N', strlen($reply)) . $reply . $appId;
$pad = 32 - strlen($plain) % 32;
$sealed = openssl_encrypt($plain . str_repeat(chr($pad), $pad), 'aes-256-cbc', $key, OPENSSL_ZERO_PADDING, substr($key, 0, 16));
header('Content-Type: application/xml');
echo '<xml><Encrypt>' . $cdata($sealed) . '</Encrypt><MsgSignature>' . signature($token, $now, $nonce, $sealed)
    . "</MsgSignature><TimeStamp>$now</TimeStamp><Nonce>" . $cdata($nonce) . '</Nonce></xml>';
