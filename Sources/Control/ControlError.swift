// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import HTTPTypes
internal import Hummingbird

/// The answer to a refused request.
struct ControlError: Error {
  let status: HTTPResponse.Status
  let error: APIError
  /// The methods that the path accepts, for 405.
  var allowed: [String] = []

  init(_ status: HTTPResponse.Status, _ reason: String, hint: String = "") {
    self.status = status
    error = APIError(reason: reason, hint: hint)
  }

  func response(from request: Request, context: ControlRequestContext) throws -> Response {
    var response = try JSONAnswer(error, status: status).response(from: request, context: context)
    if !allowed.isEmpty { response.headers[.allow] = allowed.joined(separator: ", ") }
    return response
  }

  /// The answer to a refused operation.
  init(_ refusal: OperationError) {
    let status: HTTPResponse.Status =
      switch refusal.kind {
      case .unknown: .notFound
      case .wrong: .badRequest
      case .conflict: .conflict
      case .forbidden: .forbidden
      case .unavailable: .serviceUnavailable
      }
    self.init(status, refusal.reason, hint: refusal.hint)
  }
}

/// Turns any error of a route into JSON with a reason and a hint.
struct ErrorMiddleware: RouterMiddleware {
  typealias Context = ControlRequestContext

  let routes: KnownRoutes

  func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as ControlError {
      return try error.response(from: request, context: context)
    } catch let error as OperationError {
      return try ControlError(error).response(from: request, context: context)
    } catch let error as any HTTPResponseError {
      return try explain(error, request).response(from: request, context: context)
    }
  }

  private func explain(
    _ error: any HTTPResponseError, _ request: Request
  ) -> ControlError {
    switch error.status {
    case .notFound:
      missing(request)
    case .contentTooLarge:
      ControlError(.contentTooLarge, "the request is too long", hint: "64 KiB at most")
    default:
      ControlError(
        error.status, (error as? HTTPError)?.body ?? error.status.reasonPhrase,
        hint: "GET /v1/openapi.yaml describes what each request may say")
    }
  }

  private func missing(_ request: Request) -> ControlError {
    let methods = routes.methods(of: request.uri.path)
    guard methods.isEmpty else {
      var error = ControlError(
        .methodNotAllowed, "\(request.uri.path) does not take \(request.method.rawValue)",
        hint: "it takes \(methods.joined(separator: ", "))")
      error.allowed = methods
      return error
    }
    return ControlError(
      .notFound, "there is no \(request.method.rawValue) \(request.uri.path)",
      hint: "GET /v1/openapi.yaml lists what there is")
  }
}
