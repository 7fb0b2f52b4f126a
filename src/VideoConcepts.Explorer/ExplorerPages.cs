using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace VideoConcepts.Explorer;

/// <summary>The pages: files within the program.</summary>
internal static partial class ExplorerPages
{
    private const string Prefix = "wwwroot/";

    private static readonly Dictionary<string, string> s_types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".LICENSE"] = "text/plain; charset=utf-8",
    };

    private static readonly FrozenDictionary<string, Page> s_pages = Read();

    public static void Map(IEndpointRouteBuilder application)
    {
        application.MapGet("/{*path}", (string? path, HttpContext context) =>
        {
            path ??= "";
            if (!s_pages.TryGetValue(path, out Page? page))
            {
                if (Path.HasExtension(path) || path.StartsWith("api/", StringComparison.Ordinal))
                    throw new RefusedException(404, "There is no such page.");
                page = s_pages["index.html"]; // it shows the page of the address, or says that there is none
                if (!Address().IsMatch(path)) context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
            context.Response.Headers.ETag = page.Tag;
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers.Vary = "Accept-Encoding";
            if (context.Response.StatusCode == 200 && context.Request.Headers.IfNoneMatch == page.Tag)
                return Results.StatusCode(304);
            if (!context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
                return Results.Bytes(page.Bytes, page.Type);
            context.Response.Headers.ContentEncoding = "br";
            return Results.Bytes(page.Brotli.Value, page.Type);
        });
    }

    [GeneratedRegex(@"^(|map|search|videos|video/\d+|concept/(static|dynamic)/\d+|unusual|counts|tags)$")]
    private static partial Regex Address();

    private static FrozenDictionary<string, Page> Read()
    {
        var assembly = typeof(ExplorerPages).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..].Replace('\\', '/'), name =>
            {
                using Stream from = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[from.Length];
                from.ReadExactly(bytes);
                return new Page(bytes, s_types[Path.GetExtension(name)]);
            });
    }

    private sealed class Page(byte[] bytes, string type)
    {
        public byte[] Bytes => bytes;

        public string Type => type;

        public string Tag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"";

        public Lazy<byte[]> Brotli { get; } = new(() =>
        {
            using var to = new MemoryStream();
            using (var packed = new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true)) packed.Write(bytes);
            return to.ToArray();
        });
    }
}
