// Loaded before a server under test: tells the bench, when asked, what the process has cost so far.
process.on('message', (message) => {
  if (message === 'usage') process.send({ cpu: process.cpuUsage(), rssKb: process.memoryUsage.rss() / 1024 });
});
// A bench that died leaves nothing behind.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Asking must not keep the server alive, nor its end wait for us.
process.channel?.unref();
