using System.Reflection;
using System.Runtime.Versioning;
using VideoConcepts.Tests.Support;
using Xunit.v3;

[assembly: SkipElsewhere]

namespace VideoConcepts.Tests.Support;

/// <summary>
/// Skips tests that are marked <c>[SupportedOSPlatform("linux")]</c>, or whose class is, on other systems: those that
/// run shell scripts, send signals, start mpirun or read /proc.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class SkipElsewhereAttribute : BeforeAfterTestAttribute
{
    private const string Reason = "This test needs Linux: a shell, signals, mpirun or /proc.";

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (NeedsLinux(methodUnderTest)) SkipUnlessLinux();
    }

    /// <summary>For what many tests call.</summary>
    public static void SkipUnlessLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), Reason);

    internal static bool NeedsLinux(MethodInfo method) =>
        method.GetCustomAttributes<SupportedOSPlatformAttribute>()
            .Concat(method.ReflectedType!.GetCustomAttributes<SupportedOSPlatformAttribute>(inherit: true))
            .Any(system => system.PlatformName == "linux");
}
