using VideoConcepts;
using VideoConcepts.Benchmarks;

if (args is not ["gpu-loads"]) ProcessSettings.Apply();

switch (args)
{
    case ["step", .. var rest]: StepBenchmark.Run(rest); return 0;
    case ["loader"]: LoaderBenchmark.Run(); return 0;
    case ["packed"]: PackedBenchmark.Run(); return 0;
    case ["list", .. var rest]: ListBenchmark.Run(rest); return 0;
    case ["retrieval", .. var rest]: RetrievalBenchmark.Run(rest); return 0;
    case ["search", .. var rest]: SearchBenchmark.Run(rest); return 0;
    case ["search-quality", .. var rest]: SearchQuality.Run(rest); return 0;
    case ["index", .. var rest]: IndexBenchmark.Run(rest); return 0;
    case ["explorer", .. var rest]: return await ExplorerBenchmark.RunAsync(rest);
    case ["onnx", .. var rest]: OnnxBenchmark.Run(rest); return 0;
    case ["messages", .. var rest]: MessagesBenchmark.Run(rest); return 0;
    case ["local-groups", .. var rest]: LocalGroups.Run(rest); return 0;
    case ["store", .. var rest]: StoreBenchmark.Run(rest); return 0;
    case ["checkpoint"]: CheckpointBenchmark.Run(); return 0;
    case ["convolution", .. var rest]: ConvolutionBenchmark.Run(rest); return 0;
    case ["gpu", .. var rest]: return GpuBenchmark.Run(rest);
    case ["gpu-loads"]: return GpuBenchmark.Loads();
    case ["gpu-memory", .. var rest]: GpuBenchmark.Memory(rest); return 0;
    default:
        Console.Error.WriteLine(
            "usage: loader | packed | list [rows] | retrieval [queries gallery] | search [moments [library|- [exact]]] "
            + "| explorer [moments] | index VIDEOS [MODEL] "
            + "| search-quality MODEL LISTS QUERIES|- [EXCEPT|- [STRIDE]] | checkpoint "
            + "| onnx [clips frames size nets...] | convolution [clips] | messages METHOD GBIT [MICROSECONDS] "
            + "| local-groups RUN [VIDEOS] "
            + "| store POSTGRESQL [WRITERS [SECONDS]] "
            + "| step [net precision batch frames size concepts steps [recompute]] | gpu (bench/gpu)");
        return 2;
}
