using LakeAspire.Bench;
Console.WriteLine(args[0] == "bronze" ? ClickHousePeer.Bronze(args[1], args[2]) : ClickHousePeer.Pipeline(args[1], args[2]));
