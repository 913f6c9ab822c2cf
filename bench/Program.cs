using LakeAspire.Testing;
using var ch = new ClickHouse("/tmp");
var t = System.Diagnostics.Stopwatch.StartNew();
foreach (var sql in args) { foreach (var r in ch.Query(sql)) Console.WriteLine(r); Console.WriteLine(t.Elapsed); t.Restart(); }
