using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using VideoConcepts.Models;

namespace VideoConcepts.Tests;

public sealed partial class NativeDefaultsTests
{
    /// <summary>What libtorch finds in its environment; .NET has a copy of its own.</summary>
    [Theory]
    [InlineData("OMP_WAIT_POLICY", "PASSIVE")]
    [InlineData("GOMP_SPINCOUNT", "10000")]
    [InlineData("THP_MEM_ALLOC_ENABLE", "1")]
    public void Environment_OfTheNativeLibraries_HasTheDefaults(string name, string value)
    {
        torch.zeros(1).Dispose(); // libtorch is loaded, after ProcessSettings (Support/TestThreads)
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(name) is null,
            $"{name} is chosen by the user here, or this is not Linux.");
        Marshal.PtrToStringUTF8(GetEnvironment(name)).ShouldBe(value);
    }

    [Fact]
    public void Library_BeingLoaded_ChangesNothingOfTheProcess() => typeof(ProcessSettings).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .ShouldNotContain(method => method.IsDefined(typeof(ModuleInitializerAttribute), false));

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnvironment(string name);
}
