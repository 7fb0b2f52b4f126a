using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace VideoConcepts.Explorer;

/// <summary>
/// Who may ask. Requests must name this server as their host, so that a page elsewhere whose name is made to lead here
/// learns nothing (DNS rebinding); changes must come from these pages (origin, and a header that forms cannot send);
/// from other computers a token is needed, which the address that is printed holds, and a cookie then keeps.
/// </summary>
internal sealed class ExplorerGuard
{
    private const string TokenName = "token", OwnHeader = "X-VideoConcepts";
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; "
        + "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] s_loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly string _host;
    private readonly string? _token;
    private int _port;

    private ExplorerGuard(string host, string? token) => (_host, _token) = (host, token);

    private string Cookie => $"videoconcepts-{_port}"; // cookies are those of a host, whatever its ports

    /// <summary>Whether only this computer can ask.</summary>
    public bool IsLoopback => _token is null;

    /// <summary>The guard of a host.</summary>
    public static ExplorerGuard Of(string host)
    {
        bool loopback = host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address)
            && IPAddress.IsLoopback(address));
        return new(host, loopback ? null : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    }

    /// <summary>The address of the pages, once the port is known.</summary>
    public Uri Opened(int port)
    {
        _port = port;
        bool everywhere = IPAddress.TryParse(_host, out IPAddress? address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        string shown = everywhere ? Dns.GetHostName() : _host.Contains(':') ? $"[{_host}]" : _host;
        return new Uri($"http://{shown}:{port}/" + (_token is null ? "" : $"?{TokenName}={_token}"));
    }

    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        if (Fault(context.Request) is { } fault)
        {
            context.Response.StatusCode = fault.Status;
            await context.Response.WriteAsJsonAsync(new Refused(fault.Said), ExplorerServer.Json);
            return;
        }
        if (_token is not null && context.Request.Query[TokenName] is [{ } given] && IsToken(given))
        {
            context.Response.Cookies.Append(Cookie, _token, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Path = "/",
            });
            context.Response.Redirect("/"); // the token leaves the address
            return;
        }
        await next(context);
    }

    private (int Status, string Said)? Fault(HttpRequest request)
    {
        if (!IsOwnHost(request.Host)) return (421, "This address is not that of the explorer.");
        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (request.Headers.Origin is [{ } origin] && origin != $"http://{request.Host}")
            return (403, "Other pages may not ask here.");
        if (request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"] && (!reads
            || request.Headers["Sec-Fetch-Mode"] != "navigate"))
            return (403, "Other pages may not ask here.");
        if (!reads && request.Headers[OwnHeader].Count == 0) return (403, $"Changes need the header {OwnHeader}.");
        if (_token is null || (request.Cookies[Cookie] is { } kept && IsToken(kept))
            || (request.Query[TokenName] is [{ } given] && IsToken(given)))
            return null;
        return (401, "Open the address that the explorer printed: it holds the token.");
    }

    private bool IsOwnHost(HostString host)
    {
        if (host.Port is { } port ? port != _port : _port != 80) return false;
        if (s_loopback.Contains(host.Host, StringComparer.OrdinalIgnoreCase)) return true;
        // with a token other names cannot harm: a page elsewhere does not know it
        return !IsLoopback;
    }

    private bool IsToken(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given),
        Encoding.UTF8.GetBytes(_token!));
}
