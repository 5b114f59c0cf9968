# A callback server in plaintext mode that reads XML with regular expressions, one request at a time, on nothing but Perl.
use strict;
use warnings;
use Digest::SHA qw(sha1_hex);
use IO::Socket::INET;

my $token = $ENV{TOKEN};
my $runs = 0;
$| = 1;
$SIG{PIPE} = 'IGNORE';

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT} // 0, Listen => 128, ReuseAddr => 1) or die $!;
print $listener->sockport, "\n";

while (1) {
    my $client = $listener->accept or next;
    my ($line, $length) = (scalar(<$client>) // '', 0);
    while (my $header = <$client>) {
        last if $header =~ /^\r?\n$/;
        $length = $1 if $header =~ /^content-length:\s*(\d+)/i;
    }
    my $body = '';
    while (length($body) < $length) { read($client, $body, $length - length($body), length($body)) or last }
    my ($status, $text) = answer($line, $body);
    print $client "HTTP/1.1 $status\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ", length($text), "\r\nConnection: close\r\n\r\n", $text;
    close $client;
}

sub answer {
    my ($line, $body) = @_;
    my ($method, $target) = split ' ', $line;
    my %query;
    for my $pair (split /&/, (split /\?/, $target // '', 2)[1] // '') {
        my ($name, $value) = map { s/%([0-9a-f]{2})/chr hex $1/gier } split /=/, $pair, 2;
        $query{$name} //= $value;
    }
    my $signature = sha1_hex(join '', sort $token, $query{timestamp} // '', $query{nonce} // '');
    return ('403 Forbidden', '') if ($query{signature} // '') ne $signature;
    return ('200 OK', $query{echostr} // '') if $method eq 'GET';
    return ('405 Method Not Allowed', '') if $method ne 'POST';

    my ($user, $account, $type) = map { field($body, $_) } qw(FromUserName ToUserName MsgType);
    my ($content, $event, $key) = map { field($body, $_) } qw(Content Event EventKey);
    my $said = $type eq 'text' && $content =~ /\S/ ? substr($content, 0, 1500) : $type eq 'event' && $event eq 'CLICK' ? $key : '';
    return ('200 OK', 'success') if $said eq '';
    $runs++;
    $said =~ s/\]\]>/]]]]><![CDATA[>/g;
    my $now = time;
    return ('200 OK', "<xml><ToUserName><![CDATA[$user]]></ToUserName><FromUserName><![CDATA[$account]]></FromUserName>"
        . "<CreateTime>$now</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[$said (run $runs)]]></Content></xml>");
}

# The first element of that name: what stands between its tags, without CDATA around it.
sub field {
    my ($xml, $name) = @_;
    my ($value) = $xml =~ /<$name>(.*?)<\/$name>/s;
    return '' unless defined $value;
    return $1 if $value =~ /^\s*<!\[CDATA\[(.*)\]\]>\s*$/s;
    return $value;
}
