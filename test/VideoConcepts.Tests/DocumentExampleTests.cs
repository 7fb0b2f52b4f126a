using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using VideoConcepts.Data;
using VideoConcepts.Tests.Cli;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests;

/// <summary>The programs in the documents, compiled and run from the documents' own text.</summary>
[Collection(nameof(SerialTests))]
public sealed partial class DocumentExampleTests(TinyVideos videos) : TrainingTests
{
    private const string Namespaces = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    [Fact]
    public void LibraryPage_CompiledAndRun_TrainsAndUsesWhatWasLearned()
    {
        string output = Run("docs/library.md");
        output.ShouldContain("step 3: loss ");
        NearestLine().Count(output).ShouldBe(3);
        output.ShouldMatch(@"video 0: look \d+, motion \d+");
        output.ShouldContain("2 clips, 128 numbers each");
        output.ShouldMatch(@"video 0 is of class [0-7]\n");
        output.ShouldMatch(@"Indexed: .*, \d+ moments\n");
        output.ShouldMatch(@"(?m)^-?[01]\.\d\d  \S+ \d+\.\d to \d+\.\d s$");
        output.ShouldMatch(@"R@1 \d+\.\d %, with random weights \d+\.\d %");
        File.Exists(Work["runs/encoder.safetensors"]).ShouldBeTrue();

        // The README's program takes the run that this one made.
        NearestLine().Count(Run("README.md")).ShouldBe(5);
    }

    [Fact]
    public void OnnxPage_CompiledAndRun_EmbedsAClip()
    {
        InstalledFfmpeg.SkipUnlessThere();
        TinyCommand.Train(videos.Files.Train, Work["run"]).Run().ShouldBeDone();
        CommandRun.Of("checkpoint", "export", "--checkpoint", Work["run"], "--onnx", Work["network.onnx"])
            .ShouldBeDone();
        TestVideo.MakeSmall(Work["clip.mp4"], frames: 24);
        Run("docs/onnx.md").ShouldMatch(@"^128 numbers, length \d+\.\d\d\n$");
    }

    /// <summary>Runs the C# of a document on a few small videos, for one epoch; returns what it prints.</summary>
    private string Run(string document)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, document));
        string program = string.Join('\n', CodeBlock().Matches(text).Select(block => block.Groups[1].Value));
        VideoList.Write(Work.NewFile("data/my-videos/videos.csv"), Rows(labelled: false));
        VideoList.Write(Work.NewFile("data/my-videos/labelled.csv"), Rows(labelled: true));
        program = program.Replace("runs/my-videos/run", "runs/my-videos") // as learn lays it out
            .Replace("runs/my-videos/data/", "data/my-videos/")
            .Replace("network.onnx", Work["network.onnx"]).Replace("clip.mp4", Work["clip.mp4"])
            .Replace("\"data/", $"\"{Work["data"]}/").Replace("\"runs/", $"\"{Work["runs"]}/")
            .Replace("Console.CancelKeyPress +=", "ConsoleCancelEventHandler onCancel =") // it would outlast the test
            .Replace("Epoch = 50", "Epoch = 1").Replace("LrDecay = [40]", "LrDecay = [1], LogEvery = 1, Queue = 16");
        MethodInfo main = Assembly.Load(Compiled(document, program)).EntryPoint!;
        TextWriter console = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            main.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
        }
        return printed.ToString().ReplaceLineEndings("\n");
    }

    private IEnumerable<VideoRow> Rows(bool labelled) => VideoList.Read(videos.Files.AppearanceTrain).Videos
        .Select(v => new VideoRow(v.Path, v.FrameCount, labelled ? v.Label : null));

    private static byte[] Compiled(string document, string program)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(Path.GetFileNameWithoutExtension(document),
            [CSharpSyntaxTree.ParseText(Namespaces), CSharpSyntaxTree.ParseText(program)], references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions:
                NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        compilation.Emit(assembly).Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning)
            .ShouldBeEmpty(document);
        return assembly.ToArray();
    }

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^-?[01]\.\d\d  /", RegexOptions.Multiline)]
    private static partial Regex NearestLine();
}
