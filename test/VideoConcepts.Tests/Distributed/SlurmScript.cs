using System.Text.RegularExpressions;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Distributed;

/// <summary>The scripts for Slurm in docs/distributed.md, with other sizes and paths.</summary>
internal static partial class SlurmScript
{
    /// <summary>The program that the tests were built with.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll");

    /// <summary>The script of the document that has some words in it, with this program and what is to be
    /// replaced.</summary>
    public static string Of(string words, params (string Old, string By)[] changes)
    {
        string script = Scripts().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/distributed.md")))
            .Select(block => block.Groups[1].Value).Single(script => script.Contains(words));
        script = Replaced(script, "artifacts/bin/VideoConcepts.Cli/release/VideoConcepts.Cli.dll", Program);
        foreach ((string old, string by) in changes) script = Replaced(script, old, by);
        return script;
    }

    /// <summary>The text with another, which must be there, replaced.</summary>
    public static string Replaced(string text, string old, string by)
    {
        text.ShouldContain(old);
        return text.Replace(old, by);
    }

    [GeneratedRegex(@"```sh\n(#!/bin/sh\n#SBATCH .*?)```", RegexOptions.Singleline)]
    private static partial Regex Scripts();
}
