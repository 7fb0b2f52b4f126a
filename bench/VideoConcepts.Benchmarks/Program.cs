using VideoConcepts.Benchmarks;

switch (args)
{
    case ["step", .. var rest]: StepBenchmark.Run(rest); return 0;
    default: Console.Error.WriteLine("usage: step [net precision batch frames size concepts steps]"); return 2;
}
