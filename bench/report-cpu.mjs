// Loaded before a server under test: reports its CPU time to the bench on request.
process.on('message', (message) => {
  if (message === 'usage')
    process.send?.({ cpu: process.cpuUsage(), rssKb: process.memoryUsage.rss() / 1024 });
});
// If the bench dies, the server ends, too.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The channel must not keep the server alive.
process.channel?.unref();
