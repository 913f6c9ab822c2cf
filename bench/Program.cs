using LakeAspire.Bench;
var t = System.Diagnostics.Stopwatch.StartNew();
Console.WriteLine(args[0] == "bronze" ? await DuckDbPeer.BronzeAsync(args[1], args[2]) : await DuckDbPeer.PipelineAsync(args[1], args[2]));
Console.WriteLine(t.Elapsed);
